import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, loadEnv } from 'vite';
import { OLDEST_BROWSERS } from './browsers.ts';
import { readPageSettings } from './page-settings.ts';

const ROOT = fileURLToPath(new URL('.', import.meta.url));

/**
 * The page of the console. Its settings come as `VITE_…` variables, see `page-settings.ts`. Every path without a file is to be answered with
 * `index.html`, as Vite's own servers do. What the browser keeps for long is apart from what changes with each release.
 */
export default defineConfig(({ mode }) => ({
  root: ROOT,
  plugins: [react()],
  define: { PAGE_SETTINGS: JSON.stringify(readPageSettings(loadEnv(mode, ROOT))) },
  build: {
    outDir: fileURLToPath(new URL('../dist/console', import.meta.url)),
    emptyOutDir: true,
    target: OLDEST_BROWSERS,
    // Nothing is inlined as a data: URL, so that the content security policy can do without them.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\// },
            // What only a few visits need, such as reading user agents, is no part of the first load.
            { name: 'tdesign', test: /node_modules\/(?!bowser\/)/ },
          ],
        },
      },
    },
  },
}));
