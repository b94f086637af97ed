/** Values of a vector of int16. */
export const VECTOR: i32 = 8;

export abstract class Widen {
  /**
   * int8 → int16 with the zero point subtracted: −255 … 255. Reads up to 15 bytes past `count` and writes up to 30:
   * callers fill their rows from the front, and their buffers end in slack.
   */
  @inline static run(x: usize, y: usize, count: i32, zeroPoint: v128): void {
    for (const end = x + <usize>count; x < end; x += 16, y += 32) {
      const q = v128.load(x);
      v128.store(y, i16x8.sub(i16x8.extend_low_i8x16_s(q), zeroPoint));
      v128.store(y, i16x8.sub(i16x8.extend_high_i8x16_s(q), zeroPoint), 16);
    }
  }

  /** As {@link run}, reading and writing nothing past `count`, which is {@link VECTOR} or more: the last vectors overlap. */
  @inline static exactRun(x: usize, y: usize, count: i32, zeroPoint: v128): void {
    const last = count - VECTOR;
    for (let i = 0; i < last; i += VECTOR) Widen.vector(x + i, y + (i << 1), zeroPoint);
    Widen.vector(x + last, y + (last << 1), zeroPoint);
  }

  @inline static vector(x: usize, y: usize, zeroPoint: v128): void {
    v128.store(y, i16x8.sub(v128.load8x8_s(x), zeroPoint));
  }
}
