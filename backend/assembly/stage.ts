import {Lanes, storePartial} from './lanes';
import {ScalarStageSpec, StageSpec} from './structs';

/** Channels that are worked on together. */
export const GROUP: i32 = 8;

/** The output stage of 8 channels; two int32 vectors make one row of a field. Unused channels are 0. */
@unmanaged
export class StageGroup {
  bias0: v128;
  bias1: v128;
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
  /** int8 [8], twice. */
  hi: v128;
}

/** From int32 accumulators to int8, laid out for the vector loops. */
@unmanaged
export class Stage {
  /** int32x4 of 2^(shift − 33); 0 if the path is {@link ANY}. */
  rounding: v128;
  /** int16x8 */
  zeroPoint: v128;
  /** int8x16 */
  lo: v128;
  shift: i32;
  /** {@link BY_1}, {@link BY_8} or {@link ANY} */
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
}

/** Shifts 33 … 39 and 40 … 46: after 32 bits an immediate shift by 1 or 8, then the rest on int16. */
const BY_1: i32 = 0;
const BY_8: i32 = 1;
/** Other shifts, and PReLU: {@link requantizeAny}. */
const ANY: i32 = 2;
/** No requantization: float32 of the accumulator times the scale, which lies where the mantissa would. */
const FLOAT: i32 = 3;

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
  stage.lo = i8x16.splat(<i8>lo);
  stage.shift = shift;
  stage.channels = channels;
  stage.elementBytes = 1;
  stage.table = 0;
  stage.groups = changetype<usize>(stage) + offsetof<Stage>();
  memory.fill(stage.groups, 0, groupCount(channels) * offsetof<StageGroup>());
}

/** Where lane c of a group's first field lies. */
function laneOf(stage: Stage, c: i32): usize {
  return stage.groups + (c / GROUP) * offsetof<StageGroup>() + ((c % GROUP) << 2);
}

function packChannel(stage: Stage, c: i32, mantissa: i32, negative: i32, hi: i8): void {
  const lane = laneOf(stage, c);
  if (mantissa != negative) stage.path = ANY;
  const bound = saturationBound(negative, stage.shift);
  const lowest = bound == i32.MAX_VALUE ? i32.MIN_VALUE : -bound;
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

/** Equation (3) on the accumulators of a group, then the clamp. Static methods: see {@link Lanes}. */
export abstract class Requantize {
  /**
   * The upper halves of acc · mantissa, rounding added. For shift ≥ 33 the rounding constant is a multiple of 2^32:
   *
   *   ⌊(p + 2^(s−1)) / 2^s⌋ = ⌊(⌊p / 2^32⌋ + 2^(s−33)) / 2^(s−32)⌋
   *
   * |p| ≤ 2^62 and s ≤ 46, so the sum does not overflow.
   */
  @inline static upper(acc: v128, mantissa: v128, rounding: v128): v128 {
    const low = i64x2.extmul_low_i32x4_s(acc, mantissa);
    const high = i64x2.extmul_high_i32x4_s(acc, mantissa);
    return i32x4.add(i32x4.shuffle(low, high, 1, 3, 5, 7), rounding);
  }

  /**
   * (3) and the zero point for 8 channels: int16x8, saturated.
   *
   * A shift by a variable costs four instructions on x86, an immediate one costs one; so most of the shift is
   * immediate, and the rest is done once for eight values. Saturation to int16 in between does no harm: at most 6
   * bits are left to shift, 32767 >> 6 = 511, and that saturates int8 with any zero point.
   */
  @inline static group(acc0: v128, acc1: v128, group: StageGroup, stage: Stage): v128 {
    if (stage.path == ANY) return requantizeAny(acc0, acc1, group, stage);
    const upper0 = Requantize.upper(acc0, group.mantissa0, stage.rounding);
    const upper1 = Requantize.upper(acc1, group.mantissa1, stage.rounding);
    const coarse =
      stage.path == BY_1
        ? i16x8.narrow_i32x4_s(i32x4.shr_s(upper0, 1), i32x4.shr_s(upper1, 1))
        : i16x8.narrow_i32x4_s(i32x4.shr_s(upper0, 8), i32x4.shr_s(upper1, 8));
    return i16x8.add_sat_s(i16x8.shr_s(coarse, stage.fineShift), stage.zeroPoint);
  }

  /** Clamps 8 channels and stores the first `valid` of them. */
  @inline static store(y: usize, q: v128, group: StageGroup, stage: Stage, valid: i32): void {
    const clamped = Lanes.clamp(i8x16.narrow_i16x8_s(q, q), stage.lo, group.hi);
    if (valid == GROUP) v128.store64_lane(y, clamped, 0);
    else storePartial(y, clamped, valid);
  }

  /** The first `valid` of 8 accumulators as {@link Stage} says, int8 or float32, at y. */
  @inline static write(
    y: usize,
    acc0: v128,
    acc1: v128,
    group: StageGroup,
    stage: Stage,
    valid: i32,
  ): void {
    if (stage.path == FLOAT) writeFloats(y, acc0, acc1, group, valid);
    else Requantize.store(y, Requantize.group(acc0, acc1, group, stage), group, stage, valid);
  }
}

/** float32(acc) · scale, out of line: only last layers do it. */
function writeFloats(y: usize, acc0: v128, acc1: v128, group: StageGroup, valid: i32): void {
  const y0 = f32x4.mul(f32x4.convert_i32x4_s(acc0), group.mantissa0);
  const y1 = f32x4.mul(f32x4.convert_i32x4_s(acc1), group.mantissa1);
  if (valid < 4) {
    storePartial(y, y0, valid << 2);
    return;
  }
  v128.store(y, y0);
  if (valid == GROUP) v128.store(y, y1, 16);
  else storePartial(y + 16, y1, (valid - 4) << 2);
}

/** As {@link Requantize.group} for any shift and mantissas that depend on the sign. Out of line: rare, and long. */
export function requantizeAny(acc0: v128, acc1: v128, group: StageGroup, stage: Stage): v128 {
  const q = i16x8.narrow_i32x4_s(
    anyVector(acc0, group.mantissa0, group.negative0, group.lowest0, group.highest0, stage.shift),
    anyVector(acc1, group.mantissa1, group.negative1, group.lowest1, group.highest1, stage.shift),
  );
  return i16x8.add_sat_s(q, stage.zeroPoint);
}

/** (3) over 64 bits: bring the point to bit 32, take the upper halves, shift what is left. */
function anyVector(
  acc: v128,
  mantissa: v128,
  negative: v128,
  lowest: v128,
  highest: v128,
  shift: i32,
): v128 {
  const factor = v128.bitselect(negative, mantissa, i32x4.shr_s(acc, 31));
  const bounded = i32x4.min_s(i32x4.max_s(acc, lowest), highest);
  const rounding = i64x2.splat((<i64>1) << (shift - 1));
  const left = max(32 - shift, 0);
  const low = i64x2.add(i64x2.extmul_low_i32x4_s(bounded, factor), rounding);
  const high = i64x2.add(i64x2.extmul_high_i32x4_s(bounded, factor), rounding);
  const upper = i32x4.shuffle(i64x2.shl(low, left), i64x2.shl(high, left), 1, 3, 5, 7);
  return i32x4.shr_s(upper, max(shift - 32, 0));
}
