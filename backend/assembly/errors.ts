abstract class Sums {
  /** Adds (a₀ + b₀) + (a₁ + b₁). */
  @inline static add(to: usize, a: v128, b: v128): void {
    const both = f64x2.add(a, b);
    const sum = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
    store<f64>(to, load<f64>(to) + sum);
  }

  @inline static onGrid(x: v128, scale: v128, zero: v128, low: v128, high: v128): v128 {
    const nearest = f64x2.floor(f64x2.add(f64x2.div(x, scale), f64x2.splat(0.5)));
    const q = f64x2.pmin(f64x2.pmax(f64x2.add(nearest, zero), low), high);
    return f64x2.mul(scale, f64x2.sub(q, zero));
  }
}

/**
 * Signal and noise of a block of values, as `addErrors` of scalar_loops.ts forms them: sums of every fourth value, and
 * these together. Where the reference is NaN or infinite, nothing is added.
 *
 * @param reference float32 [count], a multiple of 4
 * @param actual float32 [count]
 * @param sums f64 [2]: signal, noise; both are added to
 */
export function errors(reference: usize, actual: usize, count: i32, sums: usize): void {
  const infinity = f32x4.splat(f32.POSITIVE_INFINITY);
  let signal01 = f64x2.splat(0);
  let signal23 = signal01;
  let noise01 = signal01;
  let noise23 = signal01;
  for (; count > 0; count -= 4, reference += 16, actual += 16) {
    let r = v128.load(reference);
    const isFinite = f32x4.lt(f32x4.abs(r), infinity);
    r = v128.and(r, isFinite);
    const a = v128.and(v128.load(actual), isFinite);
    const r01 = f64x2.promote_low_f32x4(r);
    const r23 = f64x2.promote_low_f32x4(i64x2.shuffle(r, r, 1, 1));
    const e01 = f64x2.sub(f64x2.promote_low_f32x4(a), r01);
    const e23 = f64x2.sub(f64x2.promote_low_f32x4(i64x2.shuffle(a, a, 1, 1)), r23);
    signal01 = f64x2.add(signal01, f64x2.mul(r01, r01));
    signal23 = f64x2.add(signal23, f64x2.mul(r23, r23));
    noise01 = f64x2.add(noise01, f64x2.mul(e01, e01));
    noise23 = f64x2.add(noise23, f64x2.mul(e23, e23));
  }
  Sums.add(sums, signal01, signal23);
  Sums.add(sums + 8, noise01, noise23);
}

/**
 * As {@link errors}, of the values put on a grid and taken back: equations (2) and (1).
 *
 * @param lowest integer of the grid
 * @param highest integer of the grid
 */
export function grid_errors(
  reference: usize,
  count: i32,
  scale: f64,
  zeroPoint: f64,
  lowest: f64,
  highest: f64,
  sums: usize,
): void {
  const infinity = f32x4.splat(f32.POSITIVE_INFINITY);
  const grid = f64x2.splat(scale);
  const zero = f64x2.splat(zeroPoint);
  const low = f64x2.splat(lowest);
  const high = f64x2.splat(highest);
  let signal01 = f64x2.splat(0);
  let signal23 = signal01;
  let noise01 = signal01;
  let noise23 = signal01;
  for (; count > 0; count -= 4, reference += 16) {
    let r = v128.load(reference);
    r = v128.and(r, f32x4.lt(f32x4.abs(r), infinity));
    const r01 = f64x2.promote_low_f32x4(r);
    const r23 = f64x2.promote_low_f32x4(i64x2.shuffle(r, r, 1, 1));
    const e01 = f64x2.sub(Sums.onGrid(r01, grid, zero, low, high), r01);
    const e23 = f64x2.sub(Sums.onGrid(r23, grid, zero, low, high), r23);
    signal01 = f64x2.add(signal01, f64x2.mul(r01, r01));
    signal23 = f64x2.add(signal23, f64x2.mul(r23, r23));
    noise01 = f64x2.add(noise01, f64x2.mul(e01, e01));
    noise23 = f64x2.add(noise23, f64x2.mul(e23, e23));
  }
  Sums.add(sums, signal01, signal23);
  Sums.add(sums + 8, noise01, noise23);
}
