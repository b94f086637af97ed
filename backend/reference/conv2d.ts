import type {ConvGeometry} from '../microkernels.js';
import {convolve} from './convolve.js';
import type {ReferenceFilter} from './packed_filter.js';

/**
 * qs8_qc8w_conv2d: x NHWC → y NHWC, (4) then the stage.
 *
 * Taps in the padding add nothing, which is what a tap on the zero point adds. The accumulator is
 * exact: the packer's caller has proved K · 255 · 255 + |bias| < 2^31.
 */
export function conv2D(
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
    const inRow = row * geometry.strideHeight + fy * geometry.dilationHeight - geometry.padTop;
    if (inRow < 0 || inRow >= inHeight) continue;
    for (let fx = 0; fx < filterWidth; fx++) {
      const inColumn =
        column * geometry.strideWidth + fx * geometry.dilationWidth - geometry.padLeft;
      if (inColumn < 0 || inColumn >= inWidth) continue;
      const xAt = ((b * inHeight + inRow) * inWidth + inColumn) * inChannels;
      const wAt = ((c * filterHeight + fy) * filterWidth + fx) * inChannels;
      for (let k = 0; k < inChannels; k++) {
        acc = (acc + weights[wAt + k] * (x[xAt + k] - xZeroPoint)) | 0;
      }
    }
  }
  return acc;
}
