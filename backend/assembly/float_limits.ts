/** f32_vadd with an operand that repeats: see {@link float_minimum}. */
export function float_add(x: usize, addends: usize, count: i32, period: i32): void {
  const last = addends + ((<usize>period) << 2);
  let addend = addends;
  for (; count > 0; count -= 4, x += 16, addend += 16) {
    if (addend >= last) addend -= (<usize>period) << 2;
    v128.store(x, f32x4.add(v128.load(x), v128.load(addend)));
  }
}

/**
 * f32_vmin and f32_vmax with an operand that repeats, as the kernels of tfjs-backend-wasm have them: where one of two
 * values is NaN, and of 0 and −0, the result is x.
 *
 * @param x float32 [count], changed in place; up to 12 bytes behind it, too
 * @param bounds float32 [period + 3], which begins again at its end
 * @param period of the bounds, no less than 4
 */
export function float_minimum(x: usize, bounds: usize, count: i32, period: i32): void {
  const last = bounds + ((<usize>period) << 2);
  let bound = bounds;
  for (; count > 0; count -= 4, x += 16, bound += 16) {
    if (bound >= last) bound -= (<usize>period) << 2;
    v128.store(x, f32x4.pmin(v128.load(x), v128.load(bound)));
  }
}

/** See {@link float_minimum}. */
export function float_maximum(x: usize, bounds: usize, count: i32, period: i32): void {
  const last = bounds + ((<usize>period) << 2);
  let bound = bounds;
  for (; count > 0; count -= 4, x += 16, bound += 16) {
    if (bound >= last) bound -= (<usize>period) << 2;
    v128.store(x, f32x4.pmax(v128.load(x), v128.load(bound)));
  }
}
