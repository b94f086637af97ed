/** npx tsx bench/microkernels/matmul.ts */
import {bench, filledBlock, type BenchCase} from './bench.js';
import {benchFilter} from './filters.js';

/** [rows, K, N]: classifiers, and square matrices. */
const SIZES: [number, number, number][] = [
  [1, 1280, 1000],
  [1, 2048, 1000],
  [16, 1280, 1000],
  [64, 256, 256],
  [256, 256, 256],
];

const cases: BenchCase[] = SIZES.map(([rows, depth, channels]) => ({
  label: `${rows} × ${depth} × ${channels}`,
  work: rows * depth * channels,
  prepare(kernels) {
    const x = filledBlock(kernels, rows * depth);
    const y = kernels.memory.alloc(rows * channels);
    const packed = kernels.packConv2D(benchFilter(1, 1, depth, channels, depth * channels));
    const run = kernels.matMul(packed, rows);
    return () => run(x, y);
  },
}));

await bench('matMul', 'MAC', cases);
