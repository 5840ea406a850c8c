/** What the deployment has said to the page; vite.config.ts puts it in its place. */
declare const PAGE_SETTINGS: import('../page-settings.ts').PageSettings;
