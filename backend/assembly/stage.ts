import {ScalarStageSpec, StageSpec} from './structs';

/** Channels that are worked on together. */
export const GROUP: i32 = 8;

/** The output stage of 8 channels; two int32 vectors make one row of a field. Unused channels are 0. */
@unmanaged
export class StageGroup {
  /** Times factor. */
  bias0: v128;
  bias1: v128;
  /** float32 if `isSingle` or the path is {@link FLOAT}. */
  mantissa0: v128;
  mantissa1: v128;
  /** For accumulators below 0. */
  negative0: v128;
  negative1: v128;
  /** Accumulators beyond these saturate int8 whatever follows; see {@link saturationBound}. */
  lowest0: v128;
  lowest1: v128;
  highest0: v128;
  highest1: v128;
  /** What weights are multiplied by: 1 unless `isSingle`. */
  factor0: v128;
  factor1: v128;
  /** int8 [8], twice. */
  hi: v128;
  /** Whether mantissa is float32; see `single.ts`. */
  isSingle: bool;
  /** Depthwise, bytes: int8 that each weight is the sum of, 1 … {@link SPLIT}. */
  parts: i32;
  reserved: i64;

  /** The accumulators of the first four channels, from sums of products that lack factor and bias. */
  @inline accumulator0(sum: v128): v128 {
    return i32x4.add(this.bias0, i32x4.mul(sum, this.factor0));
  }

  /** The same of the other four. */
  @inline accumulator1(sum: v128): v128 {
    return i32x4.add(this.bias1, i32x4.mul(sum, this.factor1));
  }
}

/** From int32 accumulators to int8, laid out for the vector loops. */
@unmanaged
export class Stage {
  /** int32x4 of 2^(shift − 33); 0 if the path is {@link ANY}. */
  rounding: v128;
  /** int16x8 */
  zeroPoint: v128;
  /** float32x4 of 1.5 · 2^23 + zeroPoint; see `single.ts`. */
  magic: v128;
  /** int8x16 */
  lo: v128;
  shift: i32;
  /** {@link BY_1}, {@link BY_8}, {@link ANY} or {@link FLOAT}, for groups that are not in single precision */
  path: i32;
  /** What is left to shift after the first 32 and 1 or 8 bits: 0 … 6. */
  fineShift: i32;
  channels: i32;
  /** int8 [256], or 0. */
  table: usize;
  groups: usize;
  /** Bytes of a result: 1, or 4 where the path is {@link FLOAT}. */
  elementBytes: i32;
  reserved: i32;

  /** That of channels 8 · i …. */
  groupAt(i: i32): StageGroup {
    return changetype<StageGroup>(this.groups + i * offsetof<StageGroup>());
  }
}

/** Shifts 33 … 39 and 40 … 46: after 32 bits an immediate shift by 1 or 8, then the rest on int16. */
export const BY_1: i32 = 0;
export const BY_8: i32 = 1;
/** Other shifts, and PReLU: {@link requantizeAny}. */
export const ANY: i32 = 2;
/** No requantization: float32 of the accumulator times the scale. */
export const FLOAT: i32 = 3;

/** 1.5 · 2^23: float32 numbers near it have a unit of 1, and read as integers they follow each other. */
export const MAGIC: f32 = 12582912;
export const MAGIC_BITS: i32 = 0x4b400000;

const TABLE_BYTES = 256;

function groupCount(channels: i32): i32 {
  return (channels + GROUP - 1) / GROUP;
}

export function stageBytes(channels: i32): i32 {
  return offsetof<Stage>() + groupCount(channels) * offsetof<StageGroup>() + TABLE_BYTES;
}

/**
 * Lays `spec` out at `stage`, 16-byte aligned, {@link stageBytes} long.
 *
 * @param bias int32 [channels], or 0 for none
 */
export function packStage(stage: Stage, spec: StageSpec, bias: usize, channels: i32): void {
  if (spec.isFloat) {
    packFloatStage(stage, spec.mantissa, bias, channels);
    return;
  }
  packScale(stage, spec.shift, spec.zeroPoint, spec.lo, channels);
  for (let c = 0; c < channels; c++) {
    const mantissa = load<i32>(spec.mantissa + (c << 2));
    const negative = load<i32>(spec.negativeMantissa + (c << 2));
    packChannel(stage, c, mantissa, negative, load<i8>(spec.hi + c));
    if (bias)
      store<i32>(laneOf(stage, c), load<i32>(bias + (c << 2)), offsetof<StageGroup>('bias0'));
  }
  if (!spec.table) return;
  stage.table = stage.groups + groupCount(channels) * offsetof<StageGroup>();
  memory.copy(stage.table, spec.table, TABLE_BYTES);
}

function packFloatStage(stage: Stage, scales: usize, bias: usize, channels: i32): void {
  packScale(stage, 33, 0, 0, channels);
  stage.path = FLOAT;
  stage.elementBytes = 4;
  for (let c = 0; c < channels; c++) {
    const lane = laneOf(stage, c);
    store<i32>(lane, 1, offsetof<StageGroup>('factor0'));
    store<i32>(lane, load<i32>(bias + (c << 2)), offsetof<StageGroup>('bias0'));
    store<i32>(lane, load<i32>(scales + (c << 2)), offsetof<StageGroup>('mantissa0'));
  }
}

/** Bytes of a stage for {@link packScalarStage}. */
export function scalarStageBytes(): i32 {
  return stageBytes(GROUP);
}

/** One stage for all channels: 8 of them, for loops that pass over their one group again and again. */
export function packScalarStage(stage: Stage, spec: ScalarStageSpec): void {
  packScale(stage, spec.shift, spec.zeroPoint, spec.lo, GROUP);
  for (let c = 0; c < GROUP; c++) packChannel(stage, c, spec.mantissa, spec.mantissa, <i8>spec.hi);
}

/** The header, and empty groups. */
function packScale(stage: Stage, shift: i32, zeroPoint: i32, lo: i32, channels: i32): void {
  stage.path = shift < 33 || shift > 46 ? ANY : shift < 40 ? BY_1 : BY_8;
  stage.fineShift = shift - (stage.path == BY_1 ? 33 : 40);
  stage.rounding = i32x4.splat(stage.path == ANY ? 0 : 1 << (shift - 33));
  stage.zeroPoint = i16x8.splat(<i16>zeroPoint);
  stage.magic = f32x4.splat(MAGIC + <f32>zeroPoint);
  stage.lo = i8x16.splat(<i8>lo);
  stage.shift = shift;
  stage.channels = channels;
  stage.elementBytes = 1;
  stage.table = 0;
  stage.groups = changetype<usize>(stage) + offsetof<Stage>();
  memory.fill(stage.groups, 0, groupCount(channels) * offsetof<StageGroup>());
}

/** Where lane c of a group's first field lies. */
export function laneOf(stage: Stage, c: i32): usize {
  return stage.groups + (c / GROUP) * offsetof<StageGroup>() + ((c % GROUP) << 2);
}

function packChannel(stage: Stage, c: i32, mantissa: i32, negative: i32, hi: i8): void {
  const lane = laneOf(stage, c);
  if (mantissa != negative) stage.path = ANY;
  const bound = saturationBound(negative, stage.shift);
  const lowest = bound == i32.MAX_VALUE ? i32.MIN_VALUE : -bound;
  store<i32>(lane, 1, offsetof<StageGroup>('factor0'));
  store<i32>(lane, mantissa, offsetof<StageGroup>('mantissa0'));
  store<i32>(lane, negative, offsetof<StageGroup>('negative0'));
  store<i32>(lane, lowest, offsetof<StageGroup>('lowest0'));
  store<i32>(lane, saturationBound(mantissa, stage.shift), offsetof<StageGroup>('highest0'));
  const hiLane = lane - 3 * (c % GROUP);
  store<i8>(hiLane, hi, offsetof<StageGroup>('hi'));
  store<i8>(hiLane + GROUP, hi, offsetof<StageGroup>('hi'));
}

/**
 * A bound B with |B · mantissa| / 2^shift ≥ 512: as (3) rises or falls steadily with the accumulator, bringing an
 * accumulator within ±B leaves q = clamp((3) + zeroPoint) as it is, since |zeroPoint| ≤ 128 and q is int8.
 *
 * It keeps |acc · mantissa| < 2^(shift+9) + 2^31, so that for shift ≤ 32 the product, rounded and shifted left by
 * 32 − shift ≤ 31, stays below 2^41 + 2^62 + 2^31 and fits int64.
 *
 * @returns i32.MAX_VALUE where no accumulator need be bounded
 */
export function saturationBound(mantissa: i32, shift: i32): i32 {
  if (mantissa == 0 || shift > 32) return i32.MAX_VALUE;
  const magnitude = abs<i64>(mantissa);
  return <i32>min<i64>((((<i64>512) << shift) + magnitude - 1) / magnitude, i32.MAX_VALUE);
}
