import type {PoolGeometry} from '../microkernels.js';

/**
 * Calls `visit` with each output element and the input elements of its window that lie inside the
 * image, as indices into y and x. `taps` is reused from call to call.
 */
export function forEachWindow(
  geometry: PoolGeometry,
  visit: (yAt: number, taps: readonly number[]) => void,
): void {
  const {batch, outHeight, outWidth, channels} = geometry;
  const taps: number[] = [];
  let i = 0;
  for (let b = 0; b < batch; b++) {
    for (let row = 0; row < outHeight; row++) {
      for (let column = 0; column < outWidth; column++) {
        for (let c = 0; c < channels; c++) {
          collectTaps(geometry, b, row, column, c, taps);
          visit(i++, taps);
        }
      }
    }
  }
}

function collectTaps(
  geometry: PoolGeometry,
  b: number,
  row: number,
  column: number,
  c: number,
  taps: number[],
): void {
  const {inHeight, inWidth, channels} = geometry;
  taps.length = 0;
  for (let fy = 0; fy < geometry.filterHeight; fy++) {
    const inRow = row * geometry.strideHeight + fy * geometry.dilationHeight - geometry.padTop;
    if (inRow < 0 || inRow >= inHeight) continue;
    for (let fx = 0; fx < geometry.filterWidth; fx++) {
      const inColumn =
        column * geometry.strideWidth + fx * geometry.dilationWidth - geometry.padLeft;
      if (inColumn < 0 || inColumn >= inWidth) continue;
      taps.push(((b * inHeight + inRow) * inWidth + inColumn) * channels + c);
    }
  }
}
