/**
 * What threads gain: `npx tsx bench/threads.ts [threads] [model folder …]`. Whole models on one thread and on several, in turn;
 * what the machine itself gives a large matrix product; and what it costs to share a command that is nothing but overhead.
 * Models of ../shared are left out where it is absent.
 */
import {existsSync} from 'node:fs';
import {availableParallelism} from 'node:os';
import {loadGraphModel} from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import {simd} from '../backend/simd.js';
import {instantiateSimd} from '../backend/simd_module.js';
import {ThreadPool} from '../backend/threads/thread_pool.js';
import * as dfq from '../node/index.js';
import {nodeThreadHost} from '../node/thread_host.js';
import type {Microkernels} from '../backend/microkernels.js';
import {filledBlock} from './microkernels/bench.js';
import {benchFilter} from './microkernels/filters.js';

const ROUNDS = 10;
const ROUND_MS = 200;

const MODELS = [
  'models/pictograms',
  '../shared/models/mobilenet_v2_cifar',
  '../shared/models/resnet18_cifar',
  '../shared/models/mobilenet_v1_075_224',
  '../shared/models/mobilenet_v2_100_224_equalized',
];

interface Times {
  readonly best: number;
  readonly median: number;
}

function timesOf(samples: number[]): Times {
  const sorted = [...samples].sort((a, b) => a - b);
  return {best: sorted[0], median: sorted[sorted.length >> 1]};
}

function millisecondsOf(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

/** Runs for a while, after a few runs that wake and warm everything. */
function sample(run: () => void, samples: number[]): void {
  for (let i = 0; i < 3; i++) run();
  for (const until = performance.now() + ROUND_MS; performance.now() < until;) {
    samples.push(millisecondsOf(run));
  }
}

/** In turn: what a shared machine takes away it takes from both alike. */
function timesInTurn(one: () => void, many: () => void): {one: Times; many: Times} {
  const [ones, manies]: number[][] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    sample(one, ones);
    sample(many, manies);
  }
  return {one: timesOf(ones), many: timesOf(manies)};
}

/**
 * Yardsticks, alone and shared: a command whose parts do next to nothing, and one that is nothing but a matrix product,
 * which gains what the machine has to give at that time.
 */
async function yardsticks(threads: number) {
  const instance = instantiateSimd();
  if (instance === undefined) throw new Error('this machine has no WebAssembly SIMD');
  const {module, memory, exports} = instance;
  const pool = new ThreadPool({module, memory, run: exports.run}, nodeThreadHost, threads);
  await pool.settled();
  let parts = 1;
  const execute = (command: number) => pool.execute(command, parts);
  const kernels = simd(() => ({threads, execute}), instance);
  if (kernels === undefined) throw new Error('this machine has no WebAssembly SIMD');
  const inParts = (count: number, run: () => void) => () => {
    parts = count;
    run();
  };
  const compared = (run: () => void, count: number) =>
    timesInTurn(inParts(1, run), inParts(count, run));
  const result = {
    nothing: compared(tableOfFew(kernels, threads), threads),
    product: compared(matrixProduct(kernels), 4 * threads),
  };
  pool.end();
  return result;
}

function tableOfFew(kernels: Microkernels, threads: number): () => void {
  const count = 16 * threads;
  const [x, table, y] = [count, 256, count].map(bytes => filledBlock(kernels, bytes));
  const lookup = kernels.lookup(count);
  return () => lookup(x, table, y);
}

/** 67 M multiply-accumulates. */
function matrixProduct(kernels: Microkernels): () => void {
  const [rows, size] = [1024, 256];
  const [x, y] = [rows * size, rows * size].map(bytes => filledBlock(kernels, bytes));
  const filter = kernels.packConv2D(benchFilter(1, 1, size, size, size * size));
  const matMul = kernels.matMul(filter, rows);
  return () => matMul(x, y);
}

async function compare(path: string, threads: number): Promise<void> {
  const float = await loadGraphModel(`file://${path}/model.json`);
  const model = await dfq.quantize(float);
  float.dispose();
  const x = tf.randomUniform(
    (model.inputs[0].shape ?? []).map(size => Math.max(size, 1)),
    0,
    1,
  );
  const predict = () => tf.tidy(() => void (model.predict(x) as tf.Tensor).dataSync());
  const [one, many]: number[][] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    await dfq.setThreads(1);
    sample(predict, one);
    await dfq.setThreads(threads);
    sample(predict, many);
  }
  print(path, timesOf(one), timesOf(many));
  model.dispose();
  x.dispose();
}

function print(label: string, one: Times, many: Times): void {
  const figures = [one.best, many.best, one.median, many.median].map(ms =>
    ms.toFixed(2).padStart(8),
  );
  const ratios = [one.best / many.best, one.median / many.median].map(r => `${r.toFixed(2)}×`);
  console.log(label.split('/').at(-1)?.padEnd(42), ...figures, ...ratios.map(r => r.padStart(7)));
}

async function main(): Promise<void> {
  tf.env().set('PROD', true);
  const [given, ...paths] = process.argv.slice(2);
  const threads = Number(given ?? Math.min(8, availableParallelism()));
  const {nothing, product} = await yardsticks(threads);
  const text = ({best, median}: Times) =>
    `${(1000 * best).toFixed(1)} (median ${(1000 * median).toFixed(1)})`;
  console.log(
    `a command of no work: ${text(nothing.one)} µs alone, ${text(nothing.many)} µs shared`,
  );
  console.log(
    `ms of 1 and ${threads} threads, best, then median; ratio of the best, of the medians`,
  );
  print('a matrix product: what the machine gives', product.one, product.many);
  await tf.setBackend('int8');
  for (const path of (paths.length ? paths : MODELS).filter(path => existsSync(path)))
    await compare(path, threads);
}

void main();
