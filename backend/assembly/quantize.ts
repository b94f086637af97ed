import {Lanes} from './lanes';

/** ⌊x · inverseScale + ½⌋ as int32, saturated; NaN becomes 0. */
function steps(x: usize, inverseScale: v128): v128 {
  const scaled = f32x4.add(f32x4.mul(v128.load(x), inverseScale), f32x4.splat(0.5));
  return i32x4.trunc_sat_f32x4_s(f32x4.floor(scaled));
}

/** f32_qs8_vcvt: (2) in float32 arithmetic. Reads up to 60 bytes past x. */
export function quantize(
  x: usize,
  y: usize,
  count: i32,
  inverseScale: f32,
  zeroPoint: i32,
  lo: i32,
  hi: i32,
): void {
  const factor = f32x4.splat(inverseScale);
  const offset = i16x8.splat(<i16>zeroPoint);
  const lowest = i8x16.splat(<i8>lo);
  const highest = i8x16.splat(<i8>hi);
  for (; count > 0; count -= 16, x += 64, y += 16) {
    const first = i16x8.narrow_i32x4_s(steps(x, factor), steps(x + 16, factor));
    const second = i16x8.narrow_i32x4_s(steps(x + 32, factor), steps(x + 48, factor));
    const q = i8x16.narrow_i16x8_s(i16x8.add_sat_s(first, offset), i16x8.add_sat_s(second, offset));
    Lanes.store(y, Lanes.clamp(q, lowest, highest), count);
  }
}
