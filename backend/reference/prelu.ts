import type {OutputStage} from '../microkernels.js';
import {finish} from './output_stage.js';

/** qs8_prelu: x [rows, C] → y [rows, C], {@link finish} on x − xZeroPoint. */
export function prelu(
  x: Int8Array,
  y: Int8Array,
  rows: number,
  xZeroPoint: number,
  stage: OutputStage,
): void {
  const channels = stage.mantissa.length;
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < channels; c++) {
      const i = row * channels + c;
      y[i] = finish(x[i] - xZeroPoint, c, stage);
    }
  }
}
