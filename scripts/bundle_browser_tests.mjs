import {existsSync, readdirSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';

const root = dirname(fileURLToPath(new URL('.', import.meta.url)));
const folders = ['test/backend', 'test/browser'];

/**
 * One script of all tests that run in browsers, tfjs and its binaries included: nothing is served
 * beside it, as in an app that only bundles.
 * @returns {Promise<string>} path of the script
 */
export async function bundleBrowserTests() {
  const tests = folders.filter(folder => existsSync(join(root, folder))).flatMap(testsIn);
  const files = ['test/browser_setup.ts', ...tests];
  const outfile = join(root, 'build/browser_tests.js');
  await build({
    stdin: {contents: files.map(file => `import './${file}';`).join('\n'), resolveDir: root},
    outfile,
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return outfile;
}

function testsIn(folder) {
  return readdirSync(join(root, folder), {recursive: true})
    .map(String)
    .filter(file => file.endsWith('.test.ts'))
    .sort()
    .map(file => `${folder}/${file}`);
}
