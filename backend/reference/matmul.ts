import {writerTo} from './output_stage.js';
import type {ReferenceFilter} from './packed_filter.js';

/** qs8_qc8w_gemm: x [rows, K] → y [rows, N], (4) then the stage. */
export function matMul(x: Int8Array, filter: ReferenceFilter, y: Int8Array, rows: number): void {
  const {weights, xZeroPoint, inChannels: depth, outChannels} = filter;
  const write = writerTo(y, filter.stage);
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < outChannels; c++) {
      let acc = filter.bias[c];
      for (let k = 0; k < depth; k++) {
        acc = (acc + weights[c * depth + k] * (x[row * depth + k] - xZeroPoint)) | 0;
      }
      write(row * outChannels + c, acc, c);
    }
  }
}
