import type {ConvGeometry} from '../../backend/microkernels.js';

/** A square image, a square window, batch 1, padding SAME. */
export function squareGeometry(
  size: number,
  inChannels: number,
  outChannels: number,
  filterSize: number,
  stride: number,
): ConvGeometry {
  const out = Math.ceil(size / stride);
  const pad = Math.max((out - 1) * stride + filterSize - size, 0) >> 1;
  return {
    batch: 1,
    inHeight: size,
    inWidth: size,
    inChannels,
    outHeight: out,
    outWidth: out,
    outChannels,
    filterHeight: filterSize,
    filterWidth: filterSize,
    strideHeight: stride,
    strideWidth: stride,
    dilationHeight: 1,
    dilationWidth: 1,
    padTop: pad,
    padLeft: pad,
  };
}
