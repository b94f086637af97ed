/** npx tsx bench/microkernels/resize_softmax.ts */
import type {ResizeAxis} from '../../backend/microkernels.js';
import {bench, filledBlock, type BenchCase} from './bench.js';

/** Twice as many pixels; each lies a quarter of a step beside an old one. */
function doubled(size: number): ResizeAxis {
  const at = Array.from({length: 2 * size}, (_, i) => Math.max(0, (i - 0.5) / 2));
  return {
    low: Int32Array.from(at, Math.floor),
    high: Int32Array.from(at, x => Math.min(Math.ceil(x), size - 1)),
    weight: Int32Array.from(at, x => Math.round((x % 1) * 2048)),
  };
}

function resize(size: number, channels: number): BenchCase {
  const axis = doubled(size);
  return {
    label: `bilinear ${size}² → ${2 * size}², ${channels} channels`,
    work: 4 * size * size * channels,
    prepare(kernels) {
      const x = filledBlock(kernels, size * size * channels);
      const y = kernels.memory.alloc(4 * size * size * channels);
      const sizes = {batch: 1, inHeight: size, inWidth: size, channels};
      const run = kernels.resize(sizes, axis, axis);
      return () => run(x, y);
    },
  };
}

function softmax(rows: number, channels: number): BenchCase {
  const exponentials = Int32Array.from({length: 256}, (_, d) =>
    Math.round(Math.exp(-d / 16) * 2 ** 20),
  );
  const stage = {levels: 256, zeroPoint: -128, hi: 127};
  return {
    label: `softmax ${rows} × ${channels}`,
    work: rows * channels,
    prepare(kernels) {
      const x = filledBlock(kernels, rows * channels);
      const y = kernels.memory.alloc(rows * channels);
      const run = kernels.softmax(rows, channels, exponentials, stage);
      return () => run(x, y);
    },
  };
}

await bench('resize and softmax', 'element', [
  resize(28, 64),
  resize(56, 21),
  softmax(1, 1000),
  softmax(1000, 10),
]);
