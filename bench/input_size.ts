/** npx tsx bench/input_size.ts: GMAC/s of the convolutions of MobileNetV2 1.0, one after the other, as the image grows. */
import type {Microkernels} from '../backend/microkernels.js';
import {simd} from '../backend/simd.js';
import {fastestBinary} from '../backend/simd_binary.js';
import {instantiateSimd} from '../backend/simd_module.js';
import {filledBlock} from './microkernels/bench.js';
import {benchFilter} from './microkernels/filters.js';
import {squareGeometry} from './microkernels/geometry.js';
import {bestSeconds} from './microkernels/measure.js';
import {STAGES} from './models/mobilenet_v2.js';

const SIZES = [96, 128, 160, 192, 224, 320, 448];

interface Layer {
  isDepthwise: boolean;
  inChannels: number;
  outChannels: number;
  filter: number;
  stride: number;
}

function* mobileNetV2(): Generator<Layer> {
  const dense = (inChannels: number, outChannels: number, filter = 1, stride = 1): Layer => {
    return {isDepthwise: false, inChannels, outChannels, filter, stride};
  };
  let channels = 32;
  yield dense(3, channels, 3, 2);
  for (const [expansion, outChannels, blocks, firstStride] of STAGES) {
    for (let block = 0; block < blocks; block++) {
      const inner = channels * expansion;
      const stride = block === 0 ? firstStride : 1;
      if (expansion > 1) yield dense(channels, inner);
      yield {isDepthwise: true, inChannels: inner, outChannels: inner, filter: 3, stride};
      yield dense(inner, outChannels);
      channels = outChannels;
    }
  }
  yield dense(channels, 1280);
}

/** Each layer reads what the one before has written, as in an inference; its fastest run counts. */
function prepare(kernels: Microkernels, imageSize: number): {loops: (() => void)[]; macs: number} {
  const loops: (() => void)[] = [];
  let macs = 0;
  let size = imageSize;
  let x = filledBlock(kernels, size * size * 3);
  for (const {isDepthwise, inChannels, outChannels, filter, stride} of mobileNetV2()) {
    const geometry = squareGeometry(size, inChannels, outChannels, filter, stride);
    const weights = filter * filter * outChannels * (isDepthwise ? 1 : inChannels);
    const spec = benchFilter(filter, filter, inChannels, outChannels, weights);
    const loop = isDepthwise
      ? kernels.depthwiseConv2D(kernels.packDepthwise(spec), geometry)
      : kernels.conv2D(kernels.packConv2D(spec), geometry);
    size = geometry.outHeight;
    const input = x;
    const y = kernels.memory.alloc(size * size * outChannels);
    loops.push(() => loop(input, y));
    macs += size * size * weights;
    x = y;
  }
  return {loops, macs};
}

const kernels = simd(undefined, instantiateSimd(undefined, await fastestBinary()));
if (kernels === undefined) throw new Error('this machine has no WebAssembly SIMD');
for (const size of SIZES) {
  const {loops, macs} = prepare(kernels, size);
  const seconds = bestSeconds(...loops).reduce((sum, best) => sum + best, 0);
  console.log(
    `${size}²`.padEnd(6),
    `${(macs / 1e6).toFixed(0)} M MACs`.padStart(12),
    `${(seconds * 1000).toFixed(2)} ms`.padStart(10),
    `${(macs / seconds / 1e9).toFixed(1)} GMAC/s`.padStart(13),
  );
}
