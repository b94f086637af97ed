import {Lanes} from './lanes';
import {BroadcastPlan} from './structs';

/**
 * y = op(a, b) over the plan's three loops, 16 elements at a time; y is dense, and elements `begin` … `end` of it are
 * written.
 *
 * @typeParam T a class with `apply(a: v128, b: v128): v128` on 16 int8; compiled into the loop
 */
export function broadcast<T>(
  a: usize,
  b: usize,
  y: usize,
  plan: BroadcastPlan,
  op: T,
  begin: i32,
  end: i32,
): void {
  const inner = plan.inner;
  const row = begin / inner;
  let first = begin - row * inner;
  let outer = row / plan.middle;
  let middle = row - outer * plan.middle;
  for (let at = begin; at < end;) {
    const aRow = a + outer * plan.aOuter + middle * plan.aMiddle;
    const bRow = b + outer * plan.bOuter + middle * plan.bMiddle;
    const count = min(inner - first, end - at);
    for (let i = 0; i < count; i += 16) {
      const q = op.apply(
        Operand.load(aRow + (first + i) * plan.aInner, plan.aInner),
        Operand.load(bRow + (first + i) * plan.bInner, plan.bInner),
      );
      Lanes.store(y + at + i, q, count - i);
    }
    at += count;
    first = 0;
    middle++;
    if (middle == plan.middle) {
      middle = 0;
      outer++;
    }
  }
}

abstract class Operand {
  /** 16 elements, `stride` bytes apart. */
  @inline static load(x: usize, stride: i32): v128 {
    if (stride == 1) return v128.load(x);
    if (stride == 0) return v128.load8_splat(x);
    return gather(x, stride);
  }
}

function gather(x: usize, stride: i32): v128 {
  let q = i64x2.splat(0);
  for (let i = 0; i < 16; i++) {
    q = i8x16.shuffle(
      q,
      v128.load8_splat(x),
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
      9,
      10,
      11,
      12,
      13,
      14,
      15,
      16,
    );
    x += stride;
  }
  return q;
}
