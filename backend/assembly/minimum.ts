import {broadcast} from './broadcast';
import {BroadcastPlan} from './structs';

@unmanaged
class MinimumOp {
  @inline apply(a: v128, b: v128): v128 {
    return i8x16.min_s(a, b);
  }
}

/** s8_vmin: both operands and the result lie on one grid; elements `begin` … `end` of y. */
export function minimum(
  a: usize,
  b: usize,
  y: usize,
  plan: BroadcastPlan,
  begin: i32,
  end: i32,
): void {
  broadcast<MinimumOp>(a, b, y, plan, changetype<MinimumOp>(0), begin, end);
}
