/** Whether this is the binary with relaxed SIMD, which runs only where `simd_binary.ts` found that it gives exact results. */
export const RELAXED: bool = ASC_FEATURE_RELAXED_SIMD;

/** Idioms over vectors. Static methods, because only these may carry `@inline` in standard TypeScript syntax. */
export abstract class Lanes {
  /** acc[i] + x[2i] · w[2i] + x[2i+1] · w[2i+1]: int32 ← int16; modulo 2^32. */
  @inline static dot(acc: v128, x: v128, w: v128): v128 {
    return i32x4.add(acc, i32x4.dot_i16x8_s(x, w));
  }

  /** acc[i] + Σ x[4i + j] · w[4i + j], j < 4: int32 ← int8; modulo 2^32. Whether x is signed depends on the machine. */
  @inline static dotBytes(acc: v128, x: v128, w: v128): v128 {
    return i32x4.relaxed_dot_i8x16_i7x16_add_s(w, x, acc);
  }

  /** The sums of the int32 of each vector. */
  @inline static sums(a: v128, b: v128, c: v128, d: v128): v128 {
    const ab = i32x4.add(i32x4.shuffle(a, b, 0, 4, 1, 5), i32x4.shuffle(a, b, 2, 6, 3, 7));
    const cd = i32x4.add(i32x4.shuffle(c, d, 0, 4, 1, 5), i32x4.shuffle(c, d, 2, 6, 3, 7));
    return i32x4.add(i64x2.shuffle(ab, cd, 0, 2), i64x2.shuffle(ab, cd, 1, 3));
  }

  /** Bytes of two vectors in turn, the first halves: a0 b0 a1 b1 … a7 b7. */
  @inline static interleave(a: v128, b: v128): v128 {
    return i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  }

  /** As {@link interleave}, the second halves: a8 b8 … a15 b15. */
  @inline static interleaveHigh(a: v128, b: v128): v128 {
    return i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  }

  /** The first `count` bytes, all 16 if there are more to come. */
  @inline static store(y: usize, q: v128, count: i32): void {
    if (count >= 16) v128.store(y, q);
    else storePartial(y, q, count);
  }

  /** max, then min: where lo > hi, hi wins. */
  @inline static clamp(q: v128, lo: v128, hi: v128): v128 {
    return i8x16.min_s(i8x16.max_s(q, lo), hi);
  }
}

/** The first `count` bytes of a vector, 0 … 15, and not one more. */
export function storePartial(y: usize, q: v128, count: i32): void {
  if (count & 8) {
    v128.store64_lane(y, q, 0);
    q = i64x2.shuffle(q, q, 1, 1);
    y += 8;
  }
  if (count & 4) {
    v128.store32_lane(y, q, 0);
    q = i32x4.shuffle(q, q, 1, 2, 3, 3);
    y += 4;
  }
  if (count & 2) {
    v128.store16_lane(y, q, 0);
    q = i64x2.shr_u(q, 16);
    y += 2;
  }
  if (count & 1) v128.store8_lane(y, q, 0);
}

/** Whether the dot product takes bytes of x as unsigned. @param room 16 bytes, so that no compiler decides it */
export function readsUnsigned(room: usize): bool {
  v128.store(room, i8x16.splat(-128));
  const sums = Lanes.dotBytes(i32x4.splat(0), v128.load(room), i8x16.splat(1));
  return i32x4.extract_lane(sums, 0) > 0;
}
