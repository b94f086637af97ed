/**
 * The demo pages: `npm run demo` serves them, `npm run build:demo` writes build/demo, a folder of static
 * files for any host. The library is taken from its sources, so that there is nothing to build before.
 */
import {fileURLToPath} from 'node:url';
import {defineConfig} from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** With these a page may use threads; a host that cannot send them gets isolation_worker.js. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  root: here('.'),
  base: './', // any host, any path
  cacheDir: here('../build/vite'),
  // What the worker imports would be found only when it starts, and then the page would load twice.
  optimizeDeps: {entries: ['**/*.html', 'worker.ts']},
  worker: {format: 'es'},
  server: {headers: isolation},
  preview: {headers: isolation},
  build: {
    outDir: here('../build/demo'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0, // a model is a file
    chunkSizeWarningLimit: 4000, // binaries of tfjs-backend-wasm, each loaded where it runs
    rolldownOptions: {
      input: [here('index.html'), here('classify/index.html'), here('quantize/index.html')],
    },
  },
});
