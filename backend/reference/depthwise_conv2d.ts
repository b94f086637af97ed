import type {ConvGeometry} from '../microkernels.js';
import {convolve} from './convolve.js';
import type {ReferenceFilter} from './packed_filter.js';

/** qs8_qc8w_dwconv: (4) with one input channel per output channel c, ⌊c / multiplier⌋; then the stage. */
export function depthwiseConv2D(
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
  const {inHeight, inWidth, inChannels, filterHeight, filterWidth, outChannels} = geometry;
  const {weights, xZeroPoint} = filter;
  const inChannel = Math.floor((c * inChannels) / outChannels);
  let acc = filter.bias[c];
  for (let fy = 0; fy < filterHeight; fy++) {
    const inRow = row * geometry.strideHeight + fy * geometry.dilationHeight - geometry.padTop;
    if (inRow < 0 || inRow >= inHeight) continue;
    for (let fx = 0; fx < filterWidth; fx++) {
      const inColumn =
        column * geometry.strideWidth + fx * geometry.dilationWidth - geometry.padLeft;
      if (inColumn < 0 || inColumn >= inWidth) continue;
      const value = x[((b * inHeight + inRow) * inWidth + inColumn) * inChannels + inChannel];
      const weight = weights[(fy * filterWidth + fx) * outChannels + c];
      acc = (acc + weight * (value - xZeroPoint)) | 0;
    }
  }
  return acc;
}
