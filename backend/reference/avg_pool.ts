import type {PoolGeometry, ScalarStage} from '../microkernels.js';
import {finishScalar} from './output_stage.js';
import {forEachWindow} from './pool_window.js';

/**
 * qs8_avgpool: (3) on Σ (x − xZeroPoint) over the taps inside the image. Every window has one.
 *
 * @param stages stages[n − 1] is for n such taps
 */
export function avgPool(
  x: Int8Array,
  y: Int8Array,
  geometry: PoolGeometry,
  xZeroPoint: number,
  stages: readonly ScalarStage[],
): void {
  forEachWindow(geometry, (yAt, taps) => {
    let sum = 0;
    for (const tap of taps) sum += x[tap] - xZeroPoint;
    y[yAt] = finishScalar(sum, stages[taps.length - 1]);
  });
}
