/**
 * dist/: ES modules and type declarations of src, backend, node and cli, and one bundle for pages
 * without a bundler of their own.
 */
import {spawnSync} from 'node:child_process';
import {chmodSync, rmSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';

const require = createRequire(import.meta.url);
const root = dirname(fileURLToPath(new URL('.', import.meta.url)));
const tsc = require.resolve('typescript/bin/tsc');

function emit(project, ...flags) {
  const args = [tsc, '-p', project, ...flags];
  const {status} = spawnSync(process.execPath, args, {cwd: root, stdio: 'inherit'});
  if (status !== 0) process.exit(1); // it has said why
}

rmSync(join(root, 'dist'), {recursive: true, force: true});
// In this order: the second also emits what it imports from the library, and checks less of it.
for (const project of ['tsconfig.library.json', 'tsconfig.node.json']) {
  // Comments are shipped once: editors show those of the declarations.
  emit(project, '--declaration', 'false', '--removeComments');
  emit(project, '--emitDeclarationOnly');
}
chmodSync(join(root, 'dist/cli/main.js'), 0o755);

/*
 * tfjs-core and -converter stay imports: a page has them already, and two copies of the engine
 * would not see each other's tensors. The float backends and every WASM binary are inside.
 */
await build({
  absWorkingDir: root,
  entryPoints: ['dist/src/index.js'],
  outfile: 'dist/tfjs-dfq.browser.js',
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  minify: true,
  external: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-converter'],
  legalComments: 'eof',
  banner: {js: '/*! tfjs-dfq, Apache-2.0; includes TensorFlow.js backends, Apache-2.0 */'},
});
