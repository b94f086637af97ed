import {broadcast} from './broadcast';
import {BroadcastPlan} from './structs';

@unmanaged
class MaximumOp {
  @inline apply(a: v128, b: v128): v128 {
    return i8x16.max_s(a, b);
  }
}

/** s8_vmax: both operands and the result lie on one grid; elements `begin` … `end` of y. */
export function maximum(
  a: usize,
  b: usize,
  y: usize,
  plan: BroadcastPlan,
  begin: i32,
  end: i32,
): void {
  broadcast<MaximumOp>(a, b, y, plan, changetype<MaximumOp>(0), begin, end);
}
