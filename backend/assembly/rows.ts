import {Filter} from './filter';
import {Lanes} from './lanes';

/**
 * Whether gemm multiplies bytes: four products in the lane where int16 has two. Only the binary with relaxed SIMD has the
 * instruction, and only where `simd_binary.ts` found it exact is that binary used.
 */
export const BYTES: bool = ASC_FEATURE_RELAXED_SIMD;

/** Bytes of a value of a row. */
export const VALUE_BYTES: i32 = BYTES ? 1 : 2;

/** Values that a row has at least for {@link Rows.exactRun}. */
export const MIN_RUN: i32 = 8;

/** The loops of gemm take so many k at a time. */
const DEPTH_UNIT: i32 = BYTES ? 4 : 8;

/** What follows the values of a row: see {@link storeSums}. */
const SUM_BYTES: i32 = BYTES ? 4 : 0;

/** `filter.depth` of a filter with so many weights for each channel. */
export function paddedDepth(depth: i32): i32 {
  return (depth + DEPTH_UNIT - 1) & ~(DEPTH_UNIT - 1);
}

/** Bytes of a row of so many values, and of each channel's weights for it. */
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

  /** To be called when rows are filled: `depth` values of each, the filter's own is padded. */
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
  const flipped = filter.flip * depth;
  for (; rows > 0; rows--, a += stride) {
    let even = Lanes.dotBytes(i32x4.splat(0), v128.load(a + whole), rest);
    let odd = i32x4.splat(0);
    let k = 0;
    for (; k + 32 <= whole; k += 32) {
      even = Lanes.dotBytes(even, v128.load(a + k), ones);
      odd = Lanes.dotBytes(odd, v128.load(a + k, 16), ones);
    }
    if (k < whole) odd = Lanes.dotBytes(odd, v128.load(a + k), ones);
    const n = flipped - Lanes.sum(i32x4.add(even, odd));
    store<i32>(a + filter.depth, (n & 255) | ((n >> 8) << 16));
  }
}
