import {factorAt, Filter, hasZeroPoints, headerBytes, packHeader, weightAt} from './filter';
import {readsUnsigned} from './lanes';
import {BYTES} from './planes';
import {LARGEST_FACTOR} from './single';
import {GROUP} from './stage';
import {FilterSpec, StageSpec} from './structs';

/** What the dot products of 8 channels take: [8][2] int16 or [8][4] int8. */
export const DOT_BYTES: i32 = GROUP * 4;

/** Bytes that a weight is the sum of where it may be larger than a byte. */
export const SPLIT: i32 = 3;

const WEIGHT_BYTES: i32 = BYTES ? 1 : 2;

/** Taps that a dot product adds. */
export const RUN: i32 = BYTES ? 4 : 2;

/** Taps of a 3×3 filter in the order of `depthwise_3x3_int16.ts`: −1 stands for a weight of 0. */
const ORDER_INT16 = memory.data<i8>([0, 3, 1, 4, 2, 5, 6, 7, 8, -1, -1, 6, 7, 8]);

/** The same of `depthwise_3x3_int8.ts`. */
const ORDER_INT8 = memory.data<i8>([0, 3, 6, -1, 1, 4, 7, -1, 2, 5, 8, -1]);

/** Parts of weights that those loops take, the second in a run of its own. */
export const PARTS_3X3: i32 = BYTES ? 2 : 1;

/** Bytes of a part of a group of a 3×3 filter in that order. */
export const PART_BYTES_3X3: i32 = (BYTES ? 3 : 7) * DOT_BYTES;

/** Of a group. */
export const BYTES_3X3: i32 = PARTS_3X3 * PART_BYTES_3X3;

function groupCount(channels: i32): i32 {
  return (channels + GROUP - 1) / GROUP;
}

/** Bytes of the weights of 8 channels. */
export function groupBytesOf(taps: i32): i32 {
  return ((taps + RUN - 1) / RUN) * DOT_BYTES;
}

export function pack_depthwise_bytes(taps: i32, channels: i32): i32 {
  const group = groupBytesOf(BYTES ? SPLIT * taps : taps) + BYTES_3X3;
  return headerBytes(channels) + groupCount(channels) * group + channels * 4;
}

/**
 * [taps, C] int8 → [C / 8][taps / 2][8][2] int16, zero points subtracted, or [C / 8][taps / 4][8][4] int8; with 0 where
 * there are no taps left. Weights with zero points, −255 … 255, may not fit into bytes: each is the sum of three, for windows
 * whose taps come three times. Few groups need three, or two, and loops leave parts out that are all 0.
 *
 * The loops take x' = x or x + 128, so −(x' − x + xZeroPoint) · Σw moves into the bias: sums are modulo 2^32, and the
 * final one fits.
 *
 * @param filter 16-byte aligned, {@link pack_depthwise_bytes} long
 * @param scratch `pack_scratch_bytes` long
 * @param is3x3 whether to pack in the order of `depthwise_3x3_int16.ts` or `depthwise_3x3_int8.ts`, too
 */
export function pack_depthwise(
  filter: Filter,
  spec: FilterSpec,
  stage: StageSpec,
  scratch: usize,
  is3x3: bool,
): void {
  const groups = groupCount(spec.channels);
  const isSplit = BYTES && hasZeroPoints(spec);
  const taps = isSplit ? SPLIT * spec.depth : spec.depth;
  const groupBytes = groupBytesOf(taps);
  const weights = changetype<usize>(filter) + headerBytes(spec.channels);
  const weights3x3 = weights + groups * groupBytes;
  const bias = weights3x3 + groups * BYTES_3X3;
  const flip = BYTES && readsUnsigned(weights) ? 128 : 0;
  for (let c = 0; c < spec.channels; c++) store<i32>(bias + (c << 2), foldedBias(spec, c, flip));
  packHeader(filter, spec, stage, bias, scratch, BYTES ? 1 : LARGEST_FACTOR);
  filter.depth = (groupBytes / DOT_BYTES) * RUN;
  filter.weightBytes = <u8>WEIGHT_BYTES;
  filter.run = <u8>RUN;
  filter.groupBytes = groupBytes;
  filter.isSplit = isSplit;
  filter.flip = flip;
  filter.weights3x3 = is3x3 ? weights3x3 : 0;
  memory.fill(weights, 0, bias - weights);
  for (let c = 0; c < spec.channels; c++) packChannel(filter, spec, c, taps);
}

function packChannel(filter: Filter, spec: FilterSpec, c: i32, taps: i32): void {
  const stage = filter.stage.groupAt(c / GROUP);
  stage.parts = max(stage.parts, partsOf(spec, c));
  const factor = <i16>factorAt(filter, c);
  const lane = (c % GROUP) << 2;
  const group = filter.weights + (c / GROUP) * filter.groupBytes + lane;
  for (let i = 0; i < taps; i++) {
    storeWeight(group, i, packedWeight(spec, i % spec.depth, c, i / spec.depth, factor));
  }
  if (!filter.weights3x3) return;
  let group3x3 = filter.weights3x3 + (c / GROUP) * BYTES_3X3 + lane;
  for (let part = 0; part < PARTS_3X3; part++, group3x3 += PART_BYTES_3X3) {
    for (let i = 0; i < (PART_BYTES_3X3 / DOT_BYTES) * RUN; i++) {
      const k = load<i8>((BYTES ? ORDER_INT8 : ORDER_INT16) + i);
      if (k >= 0) storeWeight(group3x3, i, packedWeight(spec, k, c, part, factor));
    }
  }
}

/** Bytes that the largest weights of channel c are the sums of; int16 holds them all. */
function partsOf(spec: FilterSpec, c: i32): i32 {
  let parts = 1;
  if (!BYTES) return parts;
  for (let k = 0; k < spec.depth; k++) {
    const weight = weightAt(spec, k, c);
    while (partOf(weight, parts)) parts++;
  }
  return parts;
}

function packedWeight(spec: FilterSpec, k: i32, c: i32, part: i32, factor: i16): i16 {
  const weight = weightAt(spec, k, c);
  return BYTES ? partOf(weight, part) : weight * factor;
}

/** One of the {@link SPLIT} bytes that a weight is the sum of; those behind them are 0. */
function partOf(weight: i16, part: i32): i16 {
  for (; part > 0; part--) weight -= toByte(weight);
  return toByte(weight);
}

function toByte(value: i16): i16 {
  return min<i16>(max<i16>(value, i8.MIN_VALUE), i8.MAX_VALUE);
}

function storeWeight(lane: usize, i: i32, weight: i16): void {
  const at = lane + (i / RUN) * DOT_BYTES + (i % RUN) * WEIGHT_BYTES;
  if (BYTES) store<i8>(at, <i8>weight);
  else store<i16>(at, weight);
}

function foldedBias(spec: FilterSpec, c: i32, flip: i32): i32 {
  let sum = 0;
  for (let k = 0; k < spec.depth; k++) sum += weightAt(spec, k, c);
  return load<i32>(spec.bias + (c << 2)) - (spec.xZeroPoint + flip) * sum;
}
