/** npx tsx bench/microkernels/elementwise.ts */
import type {Block, BroadcastPlan, Microkernels, ScalarStage} from '../../backend/microkernels.js';
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

const floats = Float32Array.from({length: COUNT}, (_, i) => Math.sin(i));

await bench('elementwise', 'element', [
  elementwise(
    'quantize',
    (k, _a, _b, y) => () => k.quantize(floats, y, {...grid, inverseScale: 99}),
  ),
  elementwise('dequantize', (k, a) => {
    const out = new Float32Array(COUNT);
    return () => k.dequantize(a, out, {scale: 0.1, zeroPoint: 3});
  }),
  elementwise('lookup', (k, a, _b, y) => {
    const table = filledBlock(k, 256);
    return () => k.lookup(a, table, y);
  }),
  elementwise('add', (k, a, b, y) => () => k.add(a, b, y, same, sum)),
  elementwise('mul', (k, a, b, y) => () => k.mul(a, b, y, same, 5, -7, stage)),
  elementwise('mul, per channel', (k, a, b, y) => () => k.mul(a, b, y, perChannel, 5, -7, stage)),
  elementwise('maximum', (k, a, b, y) => () => k.maximum(a, b, y, same)),
  elementwise('prelu', (k, a, _b, y) => () => k.prelu(a, y, ROWS, 7, prelu)),
]);
