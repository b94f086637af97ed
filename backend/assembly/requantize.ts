import {Lanes, RELAXED, storePartial} from './lanes';
import {ANY, BY_1, GROUP, MAGIC_BITS, Stage, StageGroup} from './stage';

/**
 * The ends of the loops over accumulators, one class for each form of a {@link StageGroup}: loops are compiled once for
 * each, so that none asks which it is. `write` stores the first `valid` of 8 channels of a pixel at y; `writeTwo` also
 * those of a second pixel, `stride` bytes behind.
 */

/** For groups in single precision. */
@unmanaged
export class SingleStage extends Stage {
  @inline group(acc0: v128, acc1: v128, group: StageGroup): v128 {
    return i16x8.narrow_i32x4_s(
      Requantize.single(acc0, group.mantissa0, this.magic),
      Requantize.single(acc1, group.mantissa1, this.magic),
    );
  }

  @inline write(y: usize, acc0: v128, acc1: v128, group: StageGroup, valid: i32): void {
    Requantize.store(y, this.group(acc0, acc1, group), group, this, valid);
  }

  @inline writeTwo(
    y: usize,
    stride: usize,
    acc00: v128,
    acc01: v128,
    acc10: v128,
    acc11: v128,
    group: StageGroup,
    valid: i32,
  ): void {
    const q0 = this.group(acc00, acc01, group);
    Requantize.storeTwo(y, stride, q0, this.group(acc10, acc11, group), group, this, valid);
  }
}

/** For other groups of int8. */
@unmanaged
export class IntegerStage extends Stage {
  @inline write(y: usize, acc0: v128, acc1: v128, group: StageGroup, valid: i32): void {
    Requantize.store(y, Requantize.group(acc0, acc1, group, this), group, this, valid);
  }

  @inline writeTwo(
    y: usize,
    stride: usize,
    acc00: v128,
    acc01: v128,
    acc10: v128,
    acc11: v128,
    group: StageGroup,
    valid: i32,
  ): void {
    const q0 = Requantize.group(acc00, acc01, group, this);
    const q1 = Requantize.group(acc10, acc11, group, this);
    Requantize.storeTwo(y, stride, q0, q1, group, this, valid);
  }
}

/** For {@link FLOAT}: float32(acc) · scale. */
@unmanaged
export class FloatStage extends Stage {
  @inline write(y: usize, acc0: v128, acc1: v128, group: StageGroup, valid: i32): void {
    writeFloats(y, acc0, acc1, group, valid);
  }

  @inline writeTwo(
    y: usize,
    stride: usize,
    acc00: v128,
    acc01: v128,
    acc10: v128,
    acc11: v128,
    group: StageGroup,
    valid: i32,
  ): void {
    writeFloats(y, acc00, acc01, group, valid);
    writeFloats(y + stride, acc10, acc11, group, valid);
  }
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
   * (3) and the zero point in single precision, int32x4. With relaxed SIMD product and sum are rounded once or twice, as the
   * engine likes; `single.ts` proves what this function does.
   */
  @inline static single(acc: v128, multiplier: v128, magic: v128): v128 {
    const x = f32x4.convert_i32x4_s(acc);
    const sum = RELAXED
      ? f32x4.relaxed_madd(x, multiplier, magic)
      : f32x4.add(f32x4.mul(x, multiplier), magic);
    return i32x4.sub(sum, i32x4.splat(MAGIC_BITS));
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

  /** Clamps 8 channels of two pixels, one `stride` bytes behind the other, and stores the first `valid` of each. */
  @inline static storeTwo(
    y: usize,
    stride: usize,
    q0: v128,
    q1: v128,
    group: StageGroup,
    stage: Stage,
    valid: i32,
  ): void {
    const clamped = Lanes.clamp(i8x16.narrow_i16x8_s(q0, q1), stage.lo, group.hi);
    if (valid == GROUP) {
      v128.store64_lane(y, clamped, 0);
      v128.store64_lane(y + stride, clamped, 1);
    } else {
      storePartial(y, clamped, valid);
      storePartial(y + stride, i64x2.shuffle(clamped, clamped, 1, 1), valid);
    }
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
