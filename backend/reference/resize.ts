import type {ResizeAxis} from '../microkernels.js';

const ONE = 2 ** 11;

/**
 * s8_resize: x [batch, rows in, columns in, channels], (6). The weights of the four neighbours sum to
 * 2^22, so the sum stays below 2^29 and the result on the operand's grid.
 */
export function resize(
  x: Int8Array,
  y: Int8Array,
  sizes: {batch: number; inHeight: number; inWidth: number; channels: number},
  rows: ResizeAxis,
  columns: ResizeAxis,
): void {
  const {batch, inHeight, inWidth, channels} = sizes;
  let i = 0;
  for (let b = 0; b < batch; b++) {
    const at = (row: number, column: number, c: number) =>
      x[((b * inHeight + row) * inWidth + column) * channels + c];
    for (let row = 0; row < rows.low.length; row++) {
      const [top, bottom, wy] = [rows.low[row], rows.high[row], rows.weight[row]];
      for (let column = 0; column < columns.low.length; column++) {
        const [left, right, wx] = [
          columns.low[column],
          columns.high[column],
          columns.weight[column],
        ];
        for (let c = 0; c < channels; c++) {
          const upper = at(top, left, c) * (ONE - wx) + at(top, right, c) * wx;
          const lower = at(bottom, left, c) * (ONE - wx) + at(bottom, right, c) * wx;
          y[i++] = (upper * (ONE - wy) + lower * wy + 2 ** 21) >> 22;
        }
      }
    }
  }
}
