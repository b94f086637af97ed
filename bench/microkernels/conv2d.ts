/** npx tsx bench/microkernels/conv2d.ts */
import {bench, filledBlock, type BenchCase} from './bench.js';
import {benchFilter} from './filters.js';
import {squareGeometry} from './geometry.js';

/**
 * [label, input size, channels in, channels out, filter size, stride]: layers of MobileNetV2 and ResNet at 224, the
 * largest on a part of their image, so that a run takes a millisecond and fits between two interruptions.
 */
const LAYERS: [string, number, number, number, number, number][] = [
  ['stem 3×3×3 → 32 /2', 112, 3, 32, 3, 2],
  ['1×1 32 → 16 at 112', 112, 32, 16, 1, 1],
  ['1×1 16 → 96 at 112', 112, 16, 96, 1, 1],
  ['1×1 96 → 24 at 56', 56, 96, 24, 1, 1],
  ['1×1 24 → 144 at 56', 56, 24, 144, 1, 1],
  ['1×1 144 → 32 at 28', 28, 144, 32, 1, 1],
  ['1×1 32 → 192 at 28', 28, 32, 192, 1, 1],
  ['1×1 64 → 384 at 14', 14, 64, 384, 1, 1],
  ['1×1 384 → 64 at 14', 14, 384, 64, 1, 1],
  ['1×1 576 → 96 at 14', 14, 576, 96, 1, 1],
  ['1×1 160 → 960 at 7', 7, 160, 960, 1, 1],
  ['1×1 960 → 320 at 7', 7, 960, 320, 1, 1],
  ['1×1 320 → 1280 at 7', 7, 320, 1280, 1, 1],
  ['stem 7×7×3 → 64 /2', 80, 3, 64, 7, 2],
  ['3×3 64 → 64 at 28', 28, 64, 64, 3, 1],
  ['3×3 128 → 128 at 14', 14, 128, 128, 3, 1],
  ['3×3 512 → 512 at 5', 5, 512, 512, 3, 1],
  ['3×3 512 → 128 at 14', 14, 512, 128, 3, 1],
];

const cases: BenchCase[] = LAYERS.map(([label, size, inChannels, outChannels, filter, stride]) => {
  const geometry = squareGeometry(size, inChannels, outChannels, filter, stride);
  const pixels = geometry.outHeight * geometry.outWidth;
  const weights = filter * filter * inChannels * outChannels;
  return {
    label,
    work: pixels * weights,
    prepare(kernels) {
      const x = filledBlock(kernels, size * size * inChannels);
      const y = kernels.memory.alloc(pixels * outChannels);
      const spec = benchFilter(filter, filter, inChannels, outChannels, weights);
      const packed = kernels.packConv2D(spec);
      const run = kernels.conv2D(packed, geometry);
      return () => run(x, y);
    },
  };
});

await bench('conv2D', 'MAC', cases);
