import type {BroadcastPlan, ConvGeometry, Microkernels} from '../../../backend/microkernels.js';
import {addMultipliers} from '../../../src/quant/multiplier.js';
import type {Random} from '../oracle/random.js';
import {filterFor, geometryOf, runOnBlocks, scalarStageFor, withFilter} from '../oracle/tester.js';

/** A microkernel with random sizes, parameters and operands; gives the same bytes on every implementation. */
export type RandomMicrokernel = (kernels: Microkernels) => Int8Array;

/** One of each way to split work: pixels, rows, groups of channels, elements. */
export const RANDOM_MICROKERNELS: readonly ((random: Random) => RandomMicrokernel)[] = [
  randomMatMul,
  randomConv2D,
  randomDepthwise,
  randomMaxPool,
  randomAdd,
  randomLookup,
  randomMean,
  randomQuantize,
];

function randomMatMul(random: Random): RandomMicrokernel {
  const [rows, inChannels, outChannels] = [1, 2, 3].map(() => random.integer(1, 70));
  const sizes = {height: 1, width: 1, inChannels, outChannels, taps: inChannels};
  const filter = filterFor(random, sizes);
  const x = random.int8(rows * inChannels);
  return kernels =>
    withFilter(kernels, kernels.packConv2D(filter), packed =>
      runOnBlocks(kernels, [x], rows * outChannels, ([block], y) =>
        kernels.matMul(packed, rows)(block, y),
      ),
    );
}

function randomWindow(random: Random, inChannels: number, outChannels: number): ConvGeometry {
  const size = (): [number, number] => [random.integer(5, 24), random.integer(5, 24)];
  const stride = random.integer(1, 2);
  return geometryOf(
    {
      batch: random.integer(1, 3),
      size: size(),
      filter: [3, 3],
      strides: [stride, stride],
      pads: [1, 1, 1, 1],
    },
    inChannels,
    outChannels,
  );
}

const inputBytes = (g: ConvGeometry) => g.batch * g.inHeight * g.inWidth * g.inChannels;
const outputBytes = (g: ConvGeometry) => g.batch * g.outHeight * g.outWidth * g.outChannels;

function randomConv2D(random: Random): RandomMicrokernel {
  const g = randomWindow(random, random.integer(1, 20), random.integer(1, 20));
  const {filterHeight: height, filterWidth: width, inChannels, outChannels} = g;
  const taps = height * width * inChannels;
  const filter = filterFor(random, {height, width, inChannels, outChannels, taps});
  const x = random.int8(inputBytes(g));
  return kernels =>
    withFilter(kernels, kernels.packConv2D(filter), packed =>
      runOnBlocks(kernels, [x], outputBytes(g), ([block], y) =>
        kernels.conv2D(packed, g)(block, y),
      ),
    );
}

function randomDepthwise(random: Random): RandomMicrokernel {
  const channels = random.integer(1, 40);
  const g = randomWindow(random, channels, channels);
  const sizes = {height: 3, width: 3, inChannels: channels, outChannels: channels, taps: 9};
  const filter = filterFor(random, sizes);
  const x = random.int8(inputBytes(g));
  return kernels =>
    withFilter(kernels, kernels.packDepthwise(filter), packed =>
      runOnBlocks(kernels, [x], outputBytes(g), ([block], y) =>
        kernels.depthwiseConv2D(packed, g)(block, y),
      ),
    );
}

function randomMaxPool(random: Random): RandomMicrokernel {
  const channels = random.integer(1, 40);
  const g = {...randomWindow(random, channels, channels), channels};
  const x = random.int8(inputBytes(g));
  return kernels =>
    runOnBlocks(kernels, [x], outputBytes(g), ([block], y) => kernels.maxPool(g)(block, y));
}

function randomAdd(random: Random): RandomMicrokernel {
  const count = random.integer(1, 5000);
  const strides: [number, number, number] = [count, count, 1];
  const plan: BroadcastPlan = {
    outer: 1,
    middle: 1,
    inner: count,
    aStrides: strides,
    bStrides: strides,
  };
  const operands = {
    ...addMultipliers(0.3 + random.next(), 0.3 + random.next()),
    aZeroPoint: random.integer(-128, 127),
    bZeroPoint: random.integer(-128, 127),
    zeroPoint: random.integer(-128, 127),
    lo: -128,
    hi: 127,
  };
  const [a, b] = [random.int8(count), random.int8(count)];
  return kernels =>
    runOnBlocks(kernels, [a, b], count, ([x0, x1], y) => kernels.add(plan, operands)(x0, x1, y));
}

function randomLookup(random: Random): RandomMicrokernel {
  const count = random.integer(1, 5000);
  const [x, table] = [random.int8(count), random.int8(256)];
  return kernels =>
    runOnBlocks(kernels, [x, table], count, ([x0, x1], y) => kernels.lookup(count)(x0, x1, y));
}

function randomMean(random: Random): RandomMicrokernel {
  const [outer, reduced, inner] = [1, 2, 3].map(() => random.integer(1, 40));
  const stage = scalarStageFor(random, reduced * 128);
  const x = random.int8(outer * reduced * inner);
  return kernels =>
    runOnBlocks(kernels, [x], outer * inner, ([block], y) =>
      kernels.mean({outer, reduced, inner}, 3, stage)(block, y),
    );
}

function randomQuantize(random: Random): RandomMicrokernel {
  const count = random.integer(1, 5000);
  const x = Float32Array.from({length: count}, () => random.next() * 10 - 5);
  return kernels =>
    runOnBlocks(kernels, [], count, (_, y) =>
      kernels.quantize(count, {inverseScale: 30, zeroPoint: 7, lo: -128, hi: 127})(x, y),
    );
}
