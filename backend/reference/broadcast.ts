import type {BroadcastPlan} from '../microkernels.js';

/** y[i] = combine(a, b) over the plan's three loops; y is dense. */
export function broadcast(
  a: Int8Array,
  b: Int8Array,
  y: Int8Array,
  plan: BroadcastPlan,
  combine: (a: number, b: number) => number,
): void {
  const [aOuter, aMiddle, aInner] = plan.aStrides;
  const [bOuter, bMiddle, bInner] = plan.bStrides;
  let i = 0;
  for (let outer = 0; outer < plan.outer; outer++) {
    for (let middle = 0; middle < plan.middle; middle++) {
      const aAt = outer * aOuter + middle * aMiddle;
      const bAt = outer * bOuter + middle * bMiddle;
      for (let inner = 0; inner < plan.inner; inner++) {
        y[i++] = combine(a[aAt + inner * aInner], b[bAt + inner * bInner]);
      }
    }
  }
}
