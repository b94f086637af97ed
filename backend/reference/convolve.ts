import type {ConvGeometry} from '../microkernels.js';
import {writerTo} from './output_stage.js';
import type {ReferenceFilter} from './packed_filter.js';

/** Fills y, NHWC, with what the filter's stage makes of the accumulator of each output element. */
export function convolve(
  filter: ReferenceFilter,
  y: Int8Array,
  {batch, outHeight, outWidth, outChannels}: ConvGeometry,
  accumulate: (b: number, row: number, column: number, c: number) => number,
): void {
  const write = writerTo(y, filter.stage);
  let i = 0;
  for (let b = 0; b < batch; b++) {
    for (let row = 0; row < outHeight; row++) {
      for (let column = 0; column < outWidth; column++) {
        for (let c = 0; c < outChannels; c++) write(i++, accumulate(b, row, column, c), c);
      }
    }
  }
}
