@unmanaged
class AddOp {
  @inline apply(x: v128, addend: v128): v128 {
    return f32x4.add(x, addend);
  }
}

@unmanaged
class MinimumOp {
  @inline apply(x: v128, bound: v128): v128 {
    return f32x4.pmin(x, bound);
  }
}

@unmanaged
class MaximumOp {
  @inline apply(x: v128, bound: v128): v128 {
    return f32x4.pmax(x, bound);
  }
}

/** f32_vadd with an operand that repeats: see {@link float_minimum}. */
export function float_add(x: usize, addends: usize, count: i32, period: i32): void {
  applyRepeating<AddOp>(x, addends, count, period);
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
  applyRepeating<MinimumOp>(x, bounds, count, period);
}

/** See {@link float_minimum}. */
export function float_maximum(x: usize, bounds: usize, count: i32, period: i32): void {
  applyRepeating<MaximumOp>(x, bounds, count, period);
}

function applyRepeating<Op>(x: usize, operands: usize, count: i32, period: i32): void {
  const op = changetype<Op>(0);
  const length = (<usize>period) << 2;
  const last = operands + length;
  for (let at = operands; count > 0; count -= 4, x += 16, at += 16) {
    if (at >= last) at -= length;
    v128.store(x, op.apply(v128.load(x), v128.load(at)));
  }
}
