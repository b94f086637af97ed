/** npx tsx bench/microkernels/elementwise.ts */
import type {
  Binary,
  Block,
  BroadcastPlan,
  Microkernels,
  ScalarStage,
} from '../../backend/microkernels.js';
import {bench, filledBlock, type BenchCase} from './bench.js';

const ROWS = 28 * 28;
const CHANNELS = 192;
const COUNT = ROWS * CHANNELS;

const same: BroadcastPlan = {
  outer: 1,
  middle: 1,
  inner: COUNT,
  aStrides: [0, 0, 1],
  bStrides: [0, 0, 1],
};
const perChannel: BroadcastPlan = {
  outer: 1,
  middle: ROWS,
  inner: CHANNELS,
  aStrides: [0, CHANNELS, 1],
  bStrides: [0, 0, 1],
};
const sum = {
  aZeroPoint: -4,
  bZeroPoint: 9,
  aMantissa: 800_000,
  bMantissa: 700_000,
  shift: 20,
  zeroPoint: 3,
  lo: -128,
  hi: 127,
};
const stage: ScalarStage = {mantissa: 1_500_000_000, shift: 38, zeroPoint: -3, lo: -128, hi: 127};
const grid = {zeroPoint: 3, lo: -128, hi: 127};
const prelu = {
  mantissa: new Int32Array(CHANNELS).fill(1_500_000_000),
  negativeMantissa: new Int32Array(CHANNELS).fill(300_000_000),
  shift: 31,
  zeroPoint: -3,
  lo: -128,
  hi: new Int8Array(CHANNELS).fill(127),
};

function elementwise(
  label: string,
  prepare: (kernels: Microkernels, a: Block, b: Block, y: Block) => () => void,
): BenchCase {
  return {
    label,
    work: COUNT,
    prepare: kernels =>
      prepare(
        kernels,
        filledBlock(kernels, COUNT),
        filledBlock(kernels, COUNT),
        kernels.memory.alloc(COUNT),
      ),
  };
}

function binary(label: string, prepare: (kernels: Microkernels) => Binary): BenchCase {
  return elementwise(label, (kernels, a, b, y) => {
    const run = prepare(kernels);
    return () => run(a, b, y);
  });
}

const floats = Float32Array.from({length: COUNT}, (_, i) => Math.sin(i));

await bench('elementwise', 'element', [
  elementwise('quantize', (k, _a, _b, y) => {
    const run = k.quantize(COUNT, {...grid, inverseScale: 99});
    return () => run(floats, y);
  }),
  elementwise('dequantize', (k, a) => {
    const out = new Float32Array(COUNT);
    const run = k.dequantize(COUNT, {scale: 0.1, zeroPoint: 3});
    return () => run(a, out);
  }),
  elementwise('lookup', (k, a, _b, y) => {
    const table = filledBlock(k, 256);
    const run = k.lookup(COUNT);
    return () => run(a, table, y);
  }),
  binary('add', k => k.add(same, sum)),
  binary('mul', k => k.mul(same, 5, -7, stage)),
  binary('mul, per channel', k => k.mul(perChannel, 5, -7, stage)),
  binary('maximum', k => k.maximum(same)),
  elementwise('prelu', (k, a, _b, y) => {
    const run = k.prelu(k.packPRelu(prelu), ROWS, 7);
    return () => run(a, y);
  }),
]);
