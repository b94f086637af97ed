import {Filter} from './filter';
import {Lanes, RELAXED} from './lanes';

/** Whether gemm multiplies bytes: an instruction of relaxed SIMD adds four products where int16 has two. */
export const BYTES: bool = RELAXED;

/** Bytes of a value of a row. */
export const VALUE_BYTES: i32 = BYTES ? 1 : 2;

/** Values that a row has at least for {@link Rows.exactRun}. */
export const MIN_RUN: i32 = 8;

/** The loops of gemm take so many k at a time. */
const DEPTH_UNIT: i32 = 4;

/** What follows the values of a row: see {@link storeSums}. */
const SUM_BYTES: i32 = BYTES ? 4 : 0;

/** `filter.depth` of a filter with so many weights for each channel. */
export function paddedDepth(depth: i32): i32 {
  return (depth + DEPTH_UNIT - 1) & ~(DEPTH_UNIT - 1);
}

/** Rows that lie behind those of a block, so that all are finished four at a time. */
export const SPARE_ROWS: i32 = BYTES ? 3 : 0;

/** Bytes of a row of so many values. */
export function rowBytes(depth: i32): i32 {
  return paddedDepth(depth) * VALUE_BYTES + SUM_BYTES;
}

/**
 * Rows as gemm takes them, `filter.depth` values each. As int16 the zero point is subtracted: −255 … 255. Bytes come as
 * they are, but for the sign bit where the instruction reads them as unsigned (`filter.flip`); zero points of both
 * factors are made up for by the bias and by the sum behind the row.
 */
export abstract class Rows {
  /** From the beginning of one row to that of the next. */
  @inline static stride(filter: Filter): i32 {
    return rowBytes(filter.depth);
  }

  /** What {@link run} needs of the filter. */
  @inline static origin(filter: Filter): v128 {
    return BYTES ? i8x16.splat(<i8>filter.flip) : i16x8.splat(<i16>filter.xZeroPoint);
  }

  /**
   * int8 → values of a row. Reads up to 15 bytes past `count` and writes as many values: callers fill their rows from the
   * front, and their buffers end in slack.
   */
  @inline static run(x: usize, a: usize, count: i32, origin: v128): void {
    for (const end = x + <usize>count; x < end; x += 16, a += 16 * VALUE_BYTES) {
      const q = v128.load(x);
      if (BYTES) {
        v128.store(a, v128.xor(q, origin));
      } else {
        v128.store(a, i16x8.sub(i16x8.extend_low_i8x16_s(q), origin));
        v128.store(a, i16x8.sub(i16x8.extend_high_i8x16_s(q), origin), 16);
      }
    }
  }

  /** As {@link run}, reading and writing nothing past `count`, which is {@link MIN_RUN} or more: the last vectors overlap. */
  @inline static exactRun(x: usize, a: usize, count: i32, origin: v128): void {
    const last = count - 8;
    for (let i = 0; i < last; i += 8) Rows.eight(x + i, a + i * VALUE_BYTES, origin);
    Rows.eight(x + last, a + last * VALUE_BYTES, origin);
  }

  @inline static eight(x: usize, a: usize, origin: v128): void {
    if (BYTES) v128.store64_lane(a, v128.xor(v128.load64_zero(x), origin), 0);
    else v128.store(a, i16x8.sub(v128.load8x8_s(x), origin));
  }

  /** Padding: what real 0 becomes. */
  @inline static pad(a: usize, count: i32, filter: Filter): void {
    memory.fill(a, BYTES ? <u8>(filter.xZeroPoint ^ filter.flip) : 0, count * VALUE_BYTES);
  }

  /** To be called when rows are filled: `depth` values of each, the filter's own is padded. {@link SPARE_ROWS} follow. */
  @inline static finish(a: usize, rows: i32, filter: Filter, depth: i32): void {
    if (BYTES) if (filter.takesSums) storeSums(a, rows, filter, depth);
  }
}

/**
 * Stores n = −Σx behind each row, as the pair of int16 (n & 255, n >> 8): multiplied with (z, 256 z) it is z · n, which
 * takes the zero points of weights into account. |Σx| < 2^22.2, as the planner keeps K · 255 · 255 < 2^31.
 */
function storeSums(a: usize, rows: i32, filter: Filter, depth: i32): void {
  const stride = Rows.stride(filter);
  const whole = depth & ~15;
  const ones = i8x16.splat(1);
  const places = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const rest = v128.and(ones, i8x16.lt_u(places, i8x16.splat(<i8>(depth & 15))));
  const flipped = i32x4.splat(filter.flip * depth);
  for (; rows > 0; rows -= 4) {
    let a0 = a;
    let a1 = a0 + stride;
    let a2 = a1 + stride;
    let a3 = a2 + stride;
    let sum0 = i32x4.splat(0);
    let sum1 = sum0;
    let sum2 = sum0;
    let sum3 = sum0;
    for (const end = a + whole; a0 < end; a0 += 16, a1 += 16, a2 += 16, a3 += 16) {
      sum0 = Lanes.dotBytes(sum0, v128.load(a0), ones);
      sum1 = Lanes.dotBytes(sum1, v128.load(a1), ones);
      sum2 = Lanes.dotBytes(sum2, v128.load(a2), ones);
      sum3 = Lanes.dotBytes(sum3, v128.load(a3), ones);
    }
    sum0 = Lanes.dotBytes(sum0, v128.load(a0), rest);
    sum1 = Lanes.dotBytes(sum1, v128.load(a1), rest);
    sum2 = Lanes.dotBytes(sum2, v128.load(a2), rest);
    sum3 = Lanes.dotBytes(sum3, v128.load(a3), rest);
    const n = i32x4.sub(flipped, Lanes.sums(sum0, sum1, sum2, sum3));
    const low = v128.and(n, i32x4.splat(255));
    const pairs = v128.or(low, i32x4.shl(i32x4.shr_s(n, 8), 16));
    a += filter.depth;
    v128.store32_lane(a, pairs, 0);
    v128.store32_lane(a + stride, pairs, 1);
    v128.store32_lane(a + 2 * stride, pairs, 2);
    v128.store32_lane(a + 3 * stride, pairs, 3);
    a += 4 * stride - filter.depth;
  }
}
