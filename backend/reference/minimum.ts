import type {BroadcastPlan} from '../microkernels.js';
import {broadcast} from './broadcast.js';

/** s8_vmin: both operands and the result lie on one grid. */
export function minimum(a: Int8Array, b: Int8Array, y: Int8Array, plan: BroadcastPlan): void {
  broadcast(a, b, y, plan, Math.min);
}
