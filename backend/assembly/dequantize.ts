/** qs8_f32_vcvt: (1). Reads and writes whole vectors: up to 15 bytes past x, 60 past y. */
export function dequantize(x: usize, y: usize, count: i32, scale: f32, zeroPoint: i32): void {
  const factor = f32x4.splat(scale);
  const offset = i16x8.splat(<i16>zeroPoint);
  for (; count > 0; count -= 16, x += 16, y += 64) {
    const q = v128.load(x);
    const first = i16x8.sub(i16x8.extend_low_i8x16_s(q), offset);
    const second = i16x8.sub(i16x8.extend_high_i8x16_s(q), offset);
    v128.store(y, scaled(i32x4.extend_low_i16x8_s(first), factor));
    v128.store(y, scaled(i32x4.extend_high_i16x8_s(first), factor), 16);
    v128.store(y, scaled(i32x4.extend_low_i16x8_s(second), factor), 32);
    v128.store(y, scaled(i32x4.extend_high_i16x8_s(second), factor), 48);
  }
}

function scaled(steps: v128, factor: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(steps), factor);
}
