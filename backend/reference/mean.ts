import type {ScalarStage} from '../microkernels.js';
import {finishScalar} from './output_stage.js';

/** qs8_rsum: x [outer, reduced, inner] → y [outer, inner], (3) on Σ (x − xZeroPoint); reduced < 2^31 / 255. */
export function mean(
  x: Int8Array,
  y: Int8Array,
  {outer, reduced, inner}: {outer: number; reduced: number; inner: number},
  xZeroPoint: number,
  stage: ScalarStage,
): void {
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      let sum = 0;
      for (let r = 0; r < reduced; r++) sum += x[(o * reduced + r) * inner + i] - xZeroPoint;
      y[o * inner + i] = finishScalar(sum, stage);
    }
  }
}
