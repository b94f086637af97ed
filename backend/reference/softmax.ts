import type {SoftmaxStage} from '../microkernels.js';

/**
 * qs8_softmax: x [rows, channels] → y, (7).
 *
 * exponentials[0] is 2^20, so Σe is at least that; it may pass 2^31 from 2,048 channels on, but
 * every integer here stays below 2^53, and the floor of such a quotient is exact.
 */
export function softmax(
  x: Int8Array,
  y: Int8Array,
  rows: number,
  channels: number,
  exponentials: Int32Array,
  {levels, zeroPoint, hi}: SoftmaxStage,
): void {
  for (let row = 0; row < rows; row++) {
    const start = row * channels;
    const end = start + channels;
    let max = -128;
    for (let i = start; i < end; i++) max = Math.max(max, x[i]);
    let sum = 0;
    for (let i = start; i < end; i++) sum += exponentials[max - x[i]];
    for (let i = start; i < end; i++) {
      const q = Math.floor((2 * levels * exponentials[max - x[i]] + sum) / (2 * sum));
      y[i] = Math.min(q + zeroPoint, hi);
    }
  }
}
