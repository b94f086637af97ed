import type {ConvGeometry} from '../microkernels.js';
import {convolve} from './convolve.js';
import type {ReferenceFilter} from './packed_filter.js';

/**
 * qs8_qc8w_deconv2d: x NHWC → y NHWC, (4) over the taps through which an output pixel sees the input, then the stage.
 *
 * Accumulators are exact for the reason that those of `conv2D` are: no output sees more taps than the filter has.
 */
export function transposedConv2D(
  x: Int8Array,
  filter: ReferenceFilter,
  y: Int8Array,
  geometry: ConvGeometry,
): void {
  convolve(filter, y, geometry, (b, row, column, c) =>
    accumulate(x, filter, geometry, b, row, column, c),
  );
}

/** (4) for one output element. */
function accumulate(
  x: Int8Array,
  filter: ReferenceFilter,
  geometry: ConvGeometry,
  b: number,
  row: number,
  column: number,
  c: number,
): number {
  const {inHeight, inWidth, inChannels, filterHeight, filterWidth} = geometry;
  const {weights, xZeroPoint} = filter;
  let acc = filter.bias[c];
  for (let fy = 0; fy < filterHeight; fy++) {
    const inRow = (row + geometry.padTop - fy) / geometry.strideHeight;
    if (!isIndex(inRow, inHeight)) continue;
    for (let fx = 0; fx < filterWidth; fx++) {
      const inColumn = (column + geometry.padLeft - fx) / geometry.strideWidth;
      if (!isIndex(inColumn, inWidth)) continue;
      const xAt = ((b * inHeight + inRow) * inWidth + inColumn) * inChannels;
      const wAt = ((c * filterHeight + fy) * filterWidth + fx) * inChannels;
      for (let k = 0; k < inChannels; k++) {
        acc = (acc + weights[wAt + k] * (x[xAt + k] - xZeroPoint)) | 0;
      }
    }
  }
  return acc;
}

function isIndex(i: number, size: number): boolean {
  return Number.isInteger(i) && i >= 0 && i < size;
}
