/** Rows whose sums are formed by themselves before they are added to the whole. */
const BLOCK = 64;

/**
 * Adds [rows, channels] float32 values to the moments of their channels, as `addMoments` of scalar_loops.ts does: each
 * channel's sums run down the rows of a block, four channels side by side.
 *
 * @param sum f64 [channels]
 * @param squares f64 [channels]
 * @param low f32 [channels]; NaN never gets in
 * @param high f32 [channels]
 */
export function moments(
  x: usize,
  rows: i32,
  channels: i32,
  sum: usize,
  squares: usize,
  low: usize,
  high: usize,
): void {
  const stride = (<usize>channels) << 2;
  for (; rows > 0; rows -= BLOCK, x += BLOCK * stride) {
    const end = x + <usize>min(rows, BLOCK) * stride;
    let c = 0;
    for (; c + 4 <= channels; c += 4) {
      const f32s = (<usize>c) << 2;
      const f64s = (<usize>c) << 3;
      moments_of_four(x + f32s, end, stride, sum + f64s, squares + f64s, low + f32s, high + f32s);
    }
    for (; c < channels; c++) {
      const f32s = (<usize>c) << 2;
      const f64s = (<usize>c) << 3;
      moments_of_one(x + f32s, end, stride, sum + f64s, squares + f64s, low + f32s, high + f32s);
    }
  }
}

function moments_of_four(
  x: usize,
  end: usize,
  stride: usize,
  sum: usize,
  squares: usize,
  low: usize,
  high: usize,
): void {
  let sum01 = f64x2.splat(0);
  let sum23 = sum01;
  let squares01 = sum01;
  let squares23 = sum01;
  let lowest = v128.load(low);
  let highest = v128.load(high);
  for (; x < end; x += stride) {
    const v = v128.load(x);
    const v01 = f64x2.promote_low_f32x4(v);
    const v23 = f64x2.promote_low_f32x4(i64x2.shuffle(v, v, 1, 1));
    sum01 = f64x2.add(sum01, v01);
    sum23 = f64x2.add(sum23, v23);
    squares01 = f64x2.add(squares01, f64x2.mul(v01, v01));
    squares23 = f64x2.add(squares23, f64x2.mul(v23, v23));
    lowest = f32x4.pmin(lowest, v);
    highest = f32x4.pmax(highest, v);
  }
  v128.store(sum, f64x2.add(v128.load(sum), sum01));
  v128.store(sum, f64x2.add(v128.load(sum, 16), sum23), 16);
  v128.store(squares, f64x2.add(v128.load(squares), squares01));
  v128.store(squares, f64x2.add(v128.load(squares, 16), squares23), 16);
  v128.store(low, lowest);
  v128.store(high, highest);
}

function moments_of_one(
  x: usize,
  end: usize,
  stride: usize,
  sum: usize,
  squares: usize,
  low: usize,
  high: usize,
): void {
  let total: f64 = 0;
  let squared: f64 = 0;
  let lowest = load<f32>(low);
  let highest = load<f32>(high);
  for (; x < end; x += stride) {
    const v = load<f32>(x);
    total += <f64>v;
    squared += <f64>v * <f64>v;
    lowest = v < lowest ? v : lowest;
    highest = v > highest ? v : highest;
  }
  store<f64>(sum, load<f64>(sum) + total);
  store<f64>(squares, load<f64>(squares) + squared);
  store<f32>(low, lowest);
  store<f32>(high, highest);
}
