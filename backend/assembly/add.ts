import {broadcast} from './broadcast';
import {Lanes} from './lanes';
import {AddSpec, BroadcastPlan} from './structs';

/** The factors of (5) have 22 bits and a sign; `dot` takes 16. */
const LOW_BITS: i32 = 11;

/** Shifts 16 … 22, those of ordinary grids: an immediate shift by 16, then the rest on int16. See `Requantize.group`. */
const COARSE: i32 = 16;

/** (5) on raw integers: the zero points and the rounding are one constant, all sums modulo 2^32. */
@unmanaged
class AddOp {
  /** int16 pairs (aMantissa, bMantissa) >> 11, and their low 11 bits. */
  high: v128;
  low: v128;
  constant: v128;
  zeroPoint: v128;
  lo: v128;
  hi: v128;
  shift: i32;
  isCoarse: i32;

  @inline apply(a: v128, b: v128): v128 {
    const pairs = Lanes.interleave(a, b);
    const morePairs = Lanes.interleaveHigh(a, b);
    const first = this.half(i16x8.extend_low_i8x16_s(pairs), i16x8.extend_high_i8x16_s(pairs));
    const second = this.half(
      i16x8.extend_low_i8x16_s(morePairs),
      i16x8.extend_high_i8x16_s(morePairs),
    );
    return Lanes.clamp(i8x16.narrow_i16x8_s(first, second), this.lo, this.hi);
  }

  @inline half(pairs0: v128, pairs1: v128): v128 {
    const sum0 = this.sum(pairs0);
    const sum1 = this.sum(pairs1);
    const q = this.isCoarse
      ? i16x8.shr_s(
          i16x8.narrow_i32x4_s(i32x4.shr_s(sum0, COARSE), i32x4.shr_s(sum1, COARSE)),
          this.shift - COARSE,
        )
      : i16x8.narrow_i32x4_s(i32x4.shr_s(sum0, this.shift), i32x4.shr_s(sum1, this.shift));
    return i16x8.add_sat_s(q, this.zeroPoint);
  }

  @inline sum(pairs: v128): v128 {
    const high = i32x4.shl(i32x4.dot_i16x8_s(pairs, this.high), LOW_BITS);
    return i32x4.add(high, Lanes.dot(this.constant, pairs, this.low));
  }
}

/** Bytes of scratch for {@link add}. */
export function add_scratch_bytes(): i32 {
  return offsetof<AddOp>();
}

function pairOf(a: i32, b: i32): v128 {
  return i32x4.splat((a & 0xffff) | (b << 16));
}

/** qs8_vadd: (5), elements `begin` … `end` of y. `addMultipliers` keeps the sum within int32. */
export function add(
  a: usize,
  b: usize,
  y: usize,
  plan: BroadcastPlan,
  spec: AddSpec,
  scratch: usize,
  begin: i32,
  end: i32,
): void {
  const op = changetype<AddOp>(scratch);
  const lowMask = (1 << LOW_BITS) - 1;
  const offset = spec.aZeroPoint * spec.aMantissa + spec.bZeroPoint * spec.bMantissa;
  op.high = pairOf(spec.aMantissa >> LOW_BITS, spec.bMantissa >> LOW_BITS);
  op.low = pairOf(spec.aMantissa & lowMask, spec.bMantissa & lowMask);
  op.constant = i32x4.splat((1 << (spec.shift - 1)) - offset);
  op.zeroPoint = i16x8.splat(<i16>spec.zeroPoint);
  op.lo = i8x16.splat(<i8>spec.lo);
  op.hi = i8x16.splat(<i8>spec.hi);
  op.shift = spec.shift;
  op.isCoarse = i32(spec.shift >= COARSE && spec.shift <= COARSE + 6);
  broadcast<AddOp>(a, b, y, plan, op, begin, end);
}
