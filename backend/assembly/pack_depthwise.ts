import {factorAt, Filter, headerBytes, packHeader, weightAt} from './filter';
import {LARGEST_FACTOR} from './single';
import {GROUP} from './stage';
import {FilterSpec, StageSpec} from './structs';

/** One pair of taps for the 8 channels of a group: [8][2] int16. */
export const PAIR_BYTES: i32 = GROUP * 4;

/** Pairs of a 3×3 filter in the order of `depthwise_3x3.ts`: −1 stands for a weight of 0. */
const ORDER_3X3 = memory.data<i8>([0, 3, 1, 4, 2, 5, 6, 7, 8, -1, -1, 6, 7, 8]);
export const PAIRS_3X3: i32 = 7;

function paddedDepth(taps: i32): i32 {
  return (taps + 1) & ~1;
}

function groupCount(channels: i32): i32 {
  return (channels + GROUP - 1) / GROUP;
}

export function pack_depthwise_bytes(taps: i32, channels: i32): i32 {
  const pairs = (paddedDepth(taps) >> 1) + PAIRS_3X3;
  return headerBytes(channels) + groupCount(channels) * pairs * PAIR_BYTES + channels * 4;
}

/**
 * [taps, C] int8 → [C / 8][taps / 2][8][2] int16, zero points subtracted; a last odd tap is paired with 0. The loops
 * take x as it is, so −xZeroPoint · Σw moves into the bias: sums are modulo 2^32, and the final one fits.
 *
 * @param filter 16-byte aligned, {@link pack_depthwise_bytes} long
 * @param scratch `pack_scratch_bytes` long
 * @param is3x3 whether to pack for `depthwise_3x3.ts` too
 */
export function pack_depthwise(
  filter: Filter,
  spec: FilterSpec,
  stage: StageSpec,
  scratch: usize,
  is3x3: bool,
): void {
  const groups = groupCount(spec.channels);
  const pairs = paddedDepth(spec.depth) >> 1;
  const weights = changetype<usize>(filter) + headerBytes(spec.channels);
  const weights3x3 = weights + groups * pairs * PAIR_BYTES;
  const bias = weights3x3 + groups * PAIRS_3X3 * PAIR_BYTES;
  for (let c = 0; c < spec.channels; c++) store<i32>(bias + (c << 2), foldedBias(spec, c));
  packHeader(filter, spec, stage, bias, scratch, LARGEST_FACTOR);
  filter.depth = pairs << 1;
  filter.weightBytes = 2;
  filter.run = 2;
  filter.groupBytes = pairs * PAIR_BYTES;
  filter.weights3x3 = is3x3 ? weights3x3 : 0;
  memory.fill(weights, 0, bias - weights);
  for (let c = 0; c < spec.channels; c++) {
    const factor = factorAt(filter, c);
    const lane = (c % GROUP) << 2;
    const group = weights + (c / GROUP) * pairs * PAIR_BYTES + lane;
    for (let k = 0; k < spec.depth; k++) {
      store<i16>(
        group + (k >> 1) * PAIR_BYTES + ((k & 1) << 1),
        weightAt(spec, k, c) * <i16>factor,
      );
    }
    if (is3x3) pack3x3(spec, weights3x3 + (c / GROUP) * PAIRS_3X3 * PAIR_BYTES + lane, c, factor);
  }
}

function pack3x3(spec: FilterSpec, lane: usize, c: i32, factor: i32): void {
  for (let i = 0; i < 2 * PAIRS_3X3; i++) {
    const k = load<i8>(ORDER_3X3 + i);
    if (k < 0) continue;
    store<i16>(lane + (i >> 1) * PAIR_BYTES + ((i & 1) << 1), weightAt(spec, k, c) * <i16>factor);
  }
}

function foldedBias(spec: FilterSpec, c: i32): i32 {
  let sum = 0;
  for (let k = 0; k < spec.depth; k++) sum += weightAt(spec, k, c);
  return load<i32>(spec.bias + (c << 2)) - spec.xZeroPoint * sum;
}
