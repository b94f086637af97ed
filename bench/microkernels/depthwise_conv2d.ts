/** npx tsx bench/microkernels/depthwise_conv2d.ts */
import {bench, filledBlock, type BenchCase} from './bench.js';
import {benchFilter} from './filters.js';
import {squareGeometry} from './geometry.js';

/** [label, input size, channels, filter size, stride] */
const LAYERS: [string, number, number, number, number][] = [
  ['3×3 32 at 112', 112, 32, 3, 1],
  ['3×3 96 at 112 /2', 112, 96, 3, 2],
  ['3×3 144 at 56', 56, 144, 3, 1],
  ['3×3 144 at 56 /2', 56, 144, 3, 2],
  ['3×3 192 at 28', 28, 192, 3, 1],
  ['3×3 384 at 14', 14, 384, 3, 1],
  ['3×3 576 at 14 /2', 14, 576, 3, 2],
  ['3×3 960 at 7', 7, 960, 3, 1],
  ['5×5 120 at 28', 28, 120, 5, 1],
  ['5×5 240 at 28 /2', 28, 240, 5, 2],
  ['5×5 480 at 14', 14, 480, 5, 1],
];

const cases: BenchCase[] = LAYERS.map(([label, size, channels, filter, stride]) => {
  const geometry = squareGeometry(size, channels, channels, filter, stride);
  const pixels = geometry.outHeight * geometry.outWidth;
  const weights = filter * filter * channels;
  return {
    label,
    work: pixels * weights,
    prepare(kernels) {
      const x = filledBlock(kernels, size * size * channels);
      const y = kernels.memory.alloc(pixels * channels);
      const packed = kernels.packDepthwise(
        benchFilter(filter, filter, channels, channels, weights),
      );
      const run = kernels.depthwiseConv2D(packed, geometry);
      return () => run(x, y);
    },
  };
});

await bench('depthwiseConv2D', 'MAC', cases);
