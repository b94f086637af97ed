import type {AddOperands, BroadcastPlan} from '../microkernels.js';
import {broadcast} from './broadcast.js';
import {clamp} from './output_stage.js';

/** qs8_vadd: (5) in int32, which `addMultipliers` keeps from overflowing. */
export function add(
  a: Int8Array,
  b: Int8Array,
  y: Int8Array,
  plan: BroadcastPlan,
  operands: AddOperands,
): void {
  const {aZeroPoint, bZeroPoint, aMantissa, bMantissa, shift, zeroPoint, lo, hi} = operands;
  const half = 2 ** (shift - 1);
  broadcast(a, b, y, plan, (qa, qb) => {
    const sum = (qa - aZeroPoint) * aMantissa + (qb - bZeroPoint) * bMantissa;
    return clamp(((sum + half) >> shift) + zeroPoint, lo, hi);
  });
}
