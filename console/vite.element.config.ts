import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { OLDEST_BROWSERS } from './browsers.ts';
import { shadowStyles } from './shadow-styles.ts';

/**
 * The linking part as the custom element `account-linking`, and the script of the page its windows come back to. Serve the
 * folder as it is, from the console's own origin.
 */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // Its types.
  publicDir: 'element',
  plugins: [react(), shadowStyles()],
  define: { 'process.env.NODE_ENV': JSON.stringify('production') },
  build: {
    outDir: fileURLToPath(new URL('../dist/element', import.meta.url)),
    emptyOutDir: true,
    target: OLDEST_BROWSERS,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    lib: {
      entry: {
        'account-linking': fileURLToPath(new URL('src/embed/element.tsx', import.meta.url)),
        'oauth-result': fileURLToPath(new URL('src/embed/oauth-result.ts', import.meta.url)),
      },
      formats: ['es'],
    },
    // Vite spares the white space of libraries; nobody builds this one into anything.
    rolldownOptions: { output: { chunkFileNames: 'shared-[hash].js', minify: true } },
  },
});
