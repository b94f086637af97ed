/** npx tsx bench/microkernels/pools.ts */
import type {PoolGeometry} from '../../backend/microkernels.js';
import {bench, filledBlock, type BenchCase} from './bench.js';
import {squareGeometry} from './geometry.js';

const stage = {mantissa: 1_500_000_000, shift: 34, zeroPoint: 0, lo: -128, hi: 127};

/** [size, channels, window, stride] */
const WINDOWS: [number, number, number, number][] = [
  [112, 64, 3, 2],
  [56, 64, 2, 2],
  [14, 256, 3, 1],
];

/** Work is taps, to compare with a depthwise convolution. */
const pools: BenchCase[] = WINDOWS.flatMap(([size, channels, window, stride]) => {
  const {inChannels: _, outChannels: __, ...rest} = squareGeometry(size, 1, 1, window, stride);
  const geometry: PoolGeometry = {...rest, channels};
  const outputs = geometry.outHeight * geometry.outWidth * channels;
  const stages = Array.from({length: window * window}, () => stage);
  const label = `${window}×${window} /${stride}, ${size}×${size}×${channels}`;
  const work = outputs * window * window;
  return [
    {
      label: `max ${label}`,
      work,
      prepare(kernels) {
        const x = filledBlock(kernels, size * size * channels);
        const y = kernels.memory.alloc(outputs);
        const run = kernels.maxPool(geometry);
        return () => run(x, y);
      },
    },
    {
      label: `avg ${label}`,
      work,
      prepare(kernels) {
        const x = filledBlock(kernels, size * size * channels);
        const y = kernels.memory.alloc(outputs);
        const run = kernels.avgPool(geometry, -5, stages);
        return () => run(x, y);
      },
    },
  ];
});

const mean: BenchCase = {
  label: 'mean 7×7×1280',
  work: 49 * 1280,
  prepare(kernels) {
    const x = filledBlock(kernels, 49 * 1280);
    const y = kernels.memory.alloc(1280);
    const run = kernels.mean({outer: 1, reduced: 49, inner: 1280}, -5, stage);
    return () => run(x, y);
  },
};

await bench('pools (elements are taps)', 'element', [...pools, mean]);
