/**
 * Bundles backend/threads/thread.ts, the program of a worker thread, and writes it as text to backend/generated/thread.ts:
 * nothing to fetch, and no bundler of an app can change it. See backend/threads/thread_host.ts.
 */
import {mkdirSync, writeFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';

const {outputFiles} = await build({
  absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
  entryPoints: ['backend/threads/thread.ts'],
  bundle: true,
  write: false,
  format: 'iife',
  globalName: 'thread',
  target: 'es2022',
  minify: true,
});
const text = `/** backend/threads/thread.ts as a script that defines \`thread\`, made by scripts/embed_thread.mjs. */
export const source: string = ${JSON.stringify(outputFiles[0].text)};
`;
const target = new URL('../backend/generated/', import.meta.url);
mkdirSync(target, {recursive: true});
writeFileSync(new URL('thread.ts', target), text);
