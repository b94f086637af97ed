/** npx tsx bench/memory.ts [MODEL.json ...] */
import {build} from 'esbuild';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {loadGraphModel, type GraphModel} from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';

/** Bytes of a process that has loaded a model and run it. */
export interface ProcessMemory {
  /** Resident, all of it. */
  readonly rss: number;
  /** What resident memory grew by since the backend was up, before the model was loaded. */
  readonly model: number;
  /** Of ArrayBuffers on the JavaScript heap: neither backend's WASM memory is among them. */
  readonly arrayBuffers: number;
}

const RUNS = 20;
const DEFAULT_MODELS = ['mobilenet_v1_075_224', 'mobilenet_v2_100_224_scrambled'];

const SELF = fileURLToPath(import.meta.url);

/** Compiled beforehand, as what an app runs: a compiler in the process would take more than the model. */
async function compiled(): Promise<string> {
  const outfile = fileURLToPath(new URL('../build/bench_memory.mjs', import.meta.url));
  await build({
    entryPoints: [SELF],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
  });
  return outfile;
}

/**
 * Measures in a process of its own, which holds nothing but the backend and the model. One thread.
 *
 * @param backend 'int8', or 'wasm' alone as an app without this package has it
 * @param location path of a model.json
 */
export async function processMemory(
  backend: 'int8' | 'wasm',
  location: string,
): Promise<ProcessMemory> {
  const flags = ['--expose-gc', await compiled(), '--child', backend, location];
  const lines = execFileSync(process.execPath, flags, {encoding: 'utf8'}).trim().split('\n');
  return JSON.parse(lines.at(-1) ?? '') as ProcessMemory;
}

/** Quantizes with the defaults. @returns the path of its model.json */
export async function quantizeTo(folder: string, location: string): Promise<string> {
  const dfq = await import('../node/index.js');
  await tf.setBackend('int8');
  const model = await loadGraphModel(`file://${location}`);
  const quantized = await dfq.quantize(model);
  await quantized.save(`file://${folder}`);
  tf.dispose([model.weights, quantized.weights]);
  return join(folder, 'model.json');
}

async function startBackend(name: string): Promise<void> {
  if (name === 'int8') await (await import('../node/backend.js')).setThreads(1);
  else await import('@tensorflow/tfjs-backend-wasm');
  await tf.setBackend(name);
}

/** Reads the files here, because the float process has no handler for them. */
async function load(location: string): Promise<GraphModel> {
  const json = JSON.parse(readFileSync(location, 'utf8')) as tf.io.ModelJSON;
  const {weightsManifest, ...topology} = json;
  const shards = weightsManifest.flatMap(({paths}) =>
    paths.map(path => readFileSync(join(dirname(location), path))),
  );
  const bytes = Uint8Array.from(Buffer.concat(shards));
  return loadGraphModel(
    tf.io.fromMemory({
      ...topology,
      weightSpecs: weightsManifest.flatMap(({weights}) => weights),
      weightData: bytes.buffer,
    }),
  );
}

async function residentBytes(): Promise<number> {
  for (let i = 0; i < 5; i++) {
    globalThis.gc?.();
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  return process.memoryUsage().rss;
}

async function child(backend: string, location: string): Promise<void> {
  await startBackend(backend);
  const before = await residentBytes();
  const model = await load(location);
  const [{shape}] = model.inputs;
  const size = (shape ?? []).map(extent => Math.max(extent, 1));
  for (let i = 0; i < RUNS; i++) {
    tf.tidy(() => read(model.predict(tf.zeros(size))));
  }
  const rss = await residentBytes();
  const {arrayBuffers} = process.memoryUsage();
  console.log(JSON.stringify({rss, model: rss - before, arrayBuffers}));
}

function read(outputs: tf.Tensor | tf.Tensor[] | tf.NamedTensorMap): void {
  const tensors = outputs instanceof tf.Tensor ? [outputs] : Object.values(outputs);
  for (const y of tensors) y.dataSync();
}

async function main(locations: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'dfq-memory-'));
  const megabytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1).padStart(8);
  try {
    console.log('MiB of a process'.padEnd(40), 'float', '   int8', '  int8 / float');
    for (const location of locations) {
      const int8 = await processMemory('int8', await quantizeTo(folder, location));
      const float = await processMemory('wasm', location);
      console.log(dirname(location).split('/').at(-1));
      for (const key of ['rss', 'model', 'arrayBuffers'] as const) {
        const ratio = (int8[key] / float[key]).toFixed(2).padStart(8);
        console.log(`  ${key}`.padEnd(36), megabytes(float[key]), megabytes(int8[key]), ratio);
      }
    }
  } finally {
    rmSync(folder, {recursive: true});
  }
}

const [first, ...rest] = process.argv.slice(2);
if (first === '--child') await child(rest[0], rest[1]);
else if (process.argv[1] === SELF) {
  const shared = fileURLToPath(new URL('../../shared/models', import.meta.url));
  const given = first === undefined ? [] : [first, ...rest];
  const defaults = DEFAULT_MODELS.map(name => join(shared, name, 'model.json'));
  await main(given.length > 0 ? given : defaults);
}
