/**
 * The op tests of tfjs-core on one backend: npx tsx test/conformance/run.ts [BACKEND]
 *
 * The package ships its specs as modules for a bundler. They share state with the backends through
 * the modules of tfjs-core, so all of it goes into one bundle, side effects kept.
 */
import {build} from 'esbuild';
import {execFile} from 'node:child_process';
import {mkdir, readFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {promisify} from 'node:util';

export interface Conformance {
  /** Names of specs. */
  passed: string[];
  /** What the first failed expectation of a spec says, by the spec's name. */
  failed: Record<string, string>;
}

const OUT = 'build/conformance';

/** Run it from the root of the repository. */
export async function runConformance(backendName: string): Promise<Conformance> {
  await mkdir(OUT, {recursive: true});
  const bundle = join(OUT, 'specs.cjs');
  const results = join(OUT, `${backendName}.json`);
  await build({
    entryPoints: ['test/conformance/entry.ts'],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    ignoreAnnotations: true, // tfjs-core declares its specs free of side effects
    external: ['jasmine-core', 'jasmine-core/*'],
  });
  await promisify(execFile)(process.execPath, [bundle, backendName, wasmFolder(), results], {
    maxBuffer: 2 ** 26, // the specs of tf.profile and debug mode print
  });
  return JSON.parse(await readFile(results, 'utf8')) as Conformance;
}

function wasmFolder(): string {
  const main = createRequire(pathToFileURL('package.json')).resolve(
    '@tensorflow/tfjs-backend-wasm',
  );
  return `${dirname(main)}/`;
}

async function main(): Promise<void> {
  const {passed, failed} = await runConformance(process.argv[2] ?? 'int8');
  for (const [name, message] of Object.entries(failed)) console.log(`${name}\n    ${message}`);
  console.log(`${passed.length} passed, ${Object.keys(failed).length} failed`);
}

if (process.argv[1]?.endsWith('conformance/run.ts')) void main();
