import {broadcast} from './broadcast';
import {BroadcastPlan} from './structs';

@unmanaged
class MinimumOp {
  @inline apply(a: v128, b: v128): v128 {
    return i8x16.min_s(a, b);
  }
}

/** s8_vmin: both operands and the result lie on one grid. */
export function minimum(a: usize, b: usize, y: usize, plan: BroadcastPlan): void {
  broadcast<MinimumOp>(a, b, y, plan, changetype<MinimumOp>(0));
}
