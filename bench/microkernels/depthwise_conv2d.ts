/** npx tsx bench/microkernels/depthwise_conv2d.ts */
import type {ConvGeometry} from '../../backend/microkernels.js';
import {bench, filledBlock, type BenchCase} from './bench.js';
import {benchFilter} from './filters.js';

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

const cases: BenchCase[] = LAYERS.map(([label, size, channels, filterSize, stride]) => {
  const out = Math.ceil(size / stride);
  const pad = Math.max((out - 1) * stride + filterSize - size, 0) >> 1;
  const geometry: ConvGeometry = {
    batch: 1,
    inHeight: size,
    inWidth: size,
    inChannels: channels,
    outHeight: out,
    outWidth: out,
    outChannels: channels,
    filterHeight: filterSize,
    filterWidth: filterSize,
    strideHeight: stride,
    strideWidth: stride,
    dilationHeight: 1,
    dilationWidth: 1,
    padTop: pad,
    padLeft: pad,
  };
  const weights = filterSize * filterSize * channels;
  return {
    label,
    work: out * out * weights,
    prepare(kernels) {
      const x = filledBlock(kernels, size * size * channels);
      const y = kernels.memory.alloc(out * out * channels);
      const spec = benchFilter(filterSize, filterSize, channels, channels, weights);
      const filter = kernels.packDepthwise(spec);
      return () => kernels.depthwiseConv2D(x, filter, y, geometry);
    },
  };
});

await bench('depthwiseConv2D', 'MAC', cases);
