import type {
  Block,
  ConvGeometry,
  FilterSpec,
  FloatStage,
  Microkernels,
  OutputStage,
  PackedFilter,
  ScalarStage,
} from '../../../backend/microkernels.js';
import {implementations} from './implementations.js';
import type {Random} from './random.js';

/**
 * Runs one body of tests on every implementation.
 *
 * @param body gets a function that returns the implementation, to be called inside `it`
 */
export function describeMicrokernel(
  microkernel: string,
  body: (kernels: () => Microkernels) => void,
): void {
  for (const [name, make] of implementations) {
    describe(`${microkernel} (${name})`, () => {
      let kernels: Microkernels;
      let before: number;

      beforeAll(async () => {
        kernels = await make();
        before = kernels.memory.bytesInUse;
      });

      afterAll(() => {
        if (kernels.memory.bytesInUse !== before) throw new Error(`${name} leaks memory`);
      });

      body(() => kernels);
    });
  }
}

const GUARD = 0x5a;
const GUARD_BYTES = 16;

/**
 * Copies the inputs into blocks, runs, and returns what the output block then holds. The blocks on both sides of
 * the output are watched, and so are the inputs.
 *
 * @throws Error if the run wrote outside its output
 */
export function runOnBlocks(
  {memory}: Microkernels,
  inputs: readonly Int8Array[],
  outputBytes: number,
  run: (inputs: Block[], output: Block) => void,
): Int8Array {
  const blocks = inputs.map(values => memory.alloc(values.length));
  const guards = [memory.alloc(GUARD_BYTES)];
  const output = memory.alloc(outputBytes);
  guards.push(memory.alloc(GUARD_BYTES));
  blocks.forEach((block, i) => memory.view(block).set(inputs[i]));
  for (const guard of guards) memory.view(guard).fill(GUARD);
  memory.view(output).fill(GUARD);

  run(blocks, output);

  const result = memory.view(output).slice();
  if (guards.some(guard => memory.view(guard).some(byte => byte !== GUARD))) {
    throw new Error('wrote outside the output');
  }
  if (blocks.some((block, i) => memory.view(block).some((byte, at) => byte !== inputs[i][at]))) {
    throw new Error('changed an input');
  }
  for (const block of [...blocks, ...guards, output]) memory.free(block);
  return result;
}

/** Packs, runs and frees a filter. */
export function withFilter<T>(
  kernels: Microkernels,
  packed: PackedFilter,
  run: (packed: PackedFilter) => T,
): T {
  try {
    return run(packed);
  } finally {
    kernels.freeFilter(packed);
  }
}

/** Sizes along both axes, and padding [top, bottom, left, right]. */
export interface WindowCase {
  batch?: number;
  size: [number, number];
  filter: [number, number];
  strides?: [number, number];
  dilations?: [number, number];
  pads?: [number, number, number, number];
}

/** The geometry that a case means: as many whole windows as fit into the padded image. */
export function geometryOf(
  {batch = 1, size, filter, strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0]}: WindowCase,
  inChannels: number,
  outChannels: number,
): ConvGeometry {
  const windows = (axis: 0 | 1, padding: number) =>
    Math.floor((size[axis] + padding - (filter[axis] - 1) * dilations[axis] - 1) / strides[axis]) +
    1;
  return {
    batch,
    inHeight: size[0],
    inWidth: size[1],
    inChannels,
    outHeight: windows(0, pads[0] + pads[1]),
    outWidth: windows(1, pads[2] + pads[3]),
    outChannels,
    filterHeight: filter[0],
    filterWidth: filter[1],
    strideHeight: strides[0],
    strideWidth: strides[1],
    dilationHeight: dilations[0],
    dilationWidth: dilations[1],
    padTop: pads[0],
    padLeft: pads[2],
  };
}

/** Windows as networks use them, and as they could. */
export const WINDOWS: readonly [label: string, window: WindowCase][] = [
  ['3x3 SAME', {size: [5, 6], filter: [3, 3], pads: [1, 1, 1, 1]}],
  ['3x3 VALID', {size: [5, 6], filter: [3, 3]}],
  ['3x3 SAME, stride 2, even', {size: [6, 8], filter: [3, 3], strides: [2, 2], pads: [0, 1, 0, 1]}],
  ['3x3 SAME, stride 2, odd', {size: [7, 5], filter: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1]}],
  ['3x3, explicit', {size: [5, 4], filter: [3, 3], strides: [2, 1], pads: [2, 0, 0, 2]}],
  ['1x1', {size: [3, 5], filter: [1, 1]}],
  ['1x1, stride 2', {size: [5, 5], filter: [1, 1], strides: [2, 2]}],
  ['dilation 2', {size: [7, 8], filter: [3, 3], dilations: [2, 2], pads: [2, 2, 2, 2]}],
  ['dilation 3 x 1', {size: [9, 5], filter: [3, 2], dilations: [3, 1], pads: [3, 3, 0, 1]}],
  ['strides and dilation', {size: [9, 9], filter: [3, 3], strides: [2, 3], dilations: [2, 1]}],
  ['filter larger than the image', {size: [2, 3], filter: [5, 5], pads: [2, 2, 2, 2]}],
  ['one row', {size: [1, 17], filter: [1, 7], pads: [0, 0, 3, 3]}],
  ['one column', {size: [11, 1], filter: [5, 1], pads: [2, 2, 0, 0]}],
  ['as large as the image', {size: [4, 5], filter: [4, 5]}],
  ['4x4 SAME', {size: [6, 7], filter: [4, 4], pads: [1, 2, 1, 2]}],
  ['batch 3', {batch: 3, size: [4, 5], filter: [3, 3], pads: [1, 1, 1, 1]}],
  ['wide image', {size: [3, 37], filter: [3, 3], strides: [1, 2], pads: [1, 1, 0, 1]}],
];

/** A stage under which accumulators up to `reach` spread over, and a little beyond, the int8 grid. */
export function stageFor(random: Random, channels: number, reach: number): OutputStage {
  const shift = 31 + Math.max(0, Math.ceil(Math.log2(reach / 128)) - random.integer(0, 2));
  const mantissa = random.int32(channels, 2 ** 29, 2 ** 31 - 1);
  const slopes = random.int32(channels, -(2 ** 31), 2 ** 31 - 1);
  return {
    mantissa,
    negativeMantissa: random.pick([mantissa, mantissa, slopes]),
    shift,
    zeroPoint: random.pick([-128, -3, 0, 11, 127]),
    lo: random.pick([-128, -128, -100, 0]),
    hi: Int8Array.from({length: channels}, () => random.pick([127, 127, 90, 5])),
  };
}

export function scalarStageFor(random: Random, reach: number): ScalarStage {
  const {mantissa, shift, zeroPoint, lo, hi} = stageFor(random, 1, reach);
  return {mantissa: mantissa[0], shift, zeroPoint, lo, hi: hi[0]};
}

/**
 * A filter with everything in it random, within the bound K · 255 · 255 + |bias| < 2^31.
 *
 * @param sizes taps: weights per output channel, the K of that bound
 */
export function filterFor(
  random: Random,
  sizes: {height: number; width: number; inChannels: number; outChannels: number; taps: number},
  parts: Partial<FilterSpec> = {},
): FilterSpec {
  const {height, width, inChannels, outChannels, taps} = sizes;
  const reach = Math.floor(Math.sqrt(taps) * 16000);
  return {
    height,
    width,
    inChannels,
    outChannels,
    values: random.int8(taps * outChannels),
    zeroPoint: random.int32(outChannels, -20, 20),
    bias: random.int32(outChannels, -reach, reach),
    xZeroPoint: random.integer(-128, 127),
    stage: stageFor(random, outChannels, reach),
    ...parts,
  };
}

/** Bytes of one element of the result. */
export function elementBytes({stage}: FilterSpec): number {
  return 'scale' in stage ? 4 : 1;
}

export function floatStageFor(random: Random, channels: number): FloatStage {
  return {scale: Float32Array.from({length: channels}, () => random.next() * 0.01 + 1e-5)};
}

export function tableOf(f: (q: number) => number): Int8Array {
  return Int8Array.from({length: 256}, (_, i) => f(i - 128));
}
