import type {BroadcastPlan, ScalarStage} from '../microkernels.js';
import {broadcast} from './broadcast.js';
import {finishScalar} from './output_stage.js';

/** qs8_vmul: (3) on (a − aZeroPoint) · (b − bZeroPoint). */
export function mul(
  a: Int8Array,
  b: Int8Array,
  y: Int8Array,
  plan: BroadcastPlan,
  aZeroPoint: number,
  bZeroPoint: number,
  stage: ScalarStage,
): void {
  broadcast(a, b, y, plan, (qa, qb) => finishScalar((qa - aZeroPoint) * (qb - bZeroPoint), stage));
}
