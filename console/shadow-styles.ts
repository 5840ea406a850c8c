import type { Plugin } from 'vite';

/** What stands for the rules in `src/embed/styles.ts`, in whichever quotes the minifier likes. */
const PLACE = /(["'`])\/\* account-linking: styles \*\/\1/;

/** tdesign-icons-react writes a style element into the page's head; its rules are in `src/styles/icons.css`. */
const ICON_LOADER = /tdesign-icons-react\/esm\/util\/check-url-and-load\.js$/;

/**
 * Rules that are about the page's root element, said of the element that a shadow root is in. Those about `html` and `body`
 * alone match nothing there, and stay as they are.
 */
export function toShadowRoot(css: string): string {
  return css
    .replace(/(?:html)?:root((?:\.dark|\[[^\]]*\])?)/g, (_match, state: string) =>
      state ? `:host(${state})` : ':host',
    )
    .replace(/\bhtml((?:\[[^\]]*\])|(?::lang\([^)]*\)))/g, (_match, state: string) => `:host(${state})`);
}

/** Puts all of a build's CSS into its script, as a text for a constructed style sheet of a shadow root. */
export function shadowStyles(): Plugin {
  return {
    name: 'shadow-styles',
    enforce: 'post',
    load: (id) =>
      ICON_LOADER.test(id)
        ? 'export function loadLink() {} export function loadScript() {} export function loadStylesheet() {}'
        : null,
    generateBundle(_options, bundle) {
      let css = '';
      for (const [name, file] of Object.entries(bundle)) {
        if (file.type !== 'asset' || !name.endsWith('.css')) continue;
        css += file.source;
        delete bundle[name];
      }
      const script = Object.values(bundle).find((file) => file.type === 'chunk' && PLACE.test(file.code));
      if (script?.type !== 'chunk') return this.error('no place for the styles');
      script.code = script.code.replace(PLACE, () => JSON.stringify(toShadowRoot(css)));
    },
  };
}
