import type {Grid} from './grid.js';
import type {Range} from './range.js';

/**
 * The range of an op whose result has bounds that no statistics need tell: softmax and sigmoid from 0 to
 * 1, tanh from −1 to 1. The grid's steps are powers of two: 2^−b of b bits from 0 up, 2^(1−b) on both sides
 * of 0; so 1 itself is one step outside.
 *
 * @param grid of the result
 * @param symmetric real 0 lies at integer 0
 * @returns undefined for any other op
 * @example fixedRange('Sigmoid', {min: -128, max: 127}, false); // => {min: 0, max: 255 / 256}
 */
export function fixedRange(op: string, grid: Grid, symmetric: boolean): Range | undefined {
  const half = grid.max + 1;
  if (op === 'Tanh') return {min: -1, max: 1 - 1 / half};
  if (op !== 'Sigmoid' && op !== 'Softmax') return undefined;
  return {min: 0, max: 1 - 1 / (symmetric ? half : 2 * half)};
}
