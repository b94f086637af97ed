import {add, floor, gather, mul, sub, tensor, type Tensor} from '@tensorflow/tfjs-core';
import type {ResizeAttrs} from '../../src/ops.js';
import type {ResizeAxis} from '../microkernels.js';
import {checkRank} from '../kernels/int8_kernel.js';
import {checkSize} from '../kernels/resize.js';
import {bilinearAxis, nearestAxis} from '../kernels/resize_axis.js';
import {steps, toInt8, type Operands} from './arithmetic.js';

const ONE = 2 ** 11;
const [ROWS, COLUMNS] = [1, 2];

/**
 * (6), exactly: the sum of products has 29 bits, 24 of which float32 holds. So the columns' sums
 * are split into high · 2^6 + low, and what the floor drops of the low part is dropped first:
 *
 *   ⌊(2^6 · A + B + 2^21) / 2^22⌋ = ⌊(A + ⌊B / 2^6⌋ + 2^15) / 2^16⌋
 */
export function resizeBilinear({x, size}: Operands, attrs: ResizeAttrs): Tensor {
  checkRank('Int8ResizeBilinear', 'x', x, 4);
  const [height, width] = checkSize('Int8ResizeBilinear', size.dataSync());
  const [, inHeight, inWidth]: number[] = x.shape;
  const rows = bilinearAxis(inHeight, height, attrs);
  const columns = bilinearAxis(inWidth, width, attrs);
  const vertical = blend(steps(x, 0), rows, ROWS);
  const high = floor(mul(vertical, 2 ** -6));
  const low = sub(vertical, mul(high, 2 ** 6));
  const a = blend(high, columns, COLUMNS);
  const b = floor(mul(blend(low, columns, COLUMNS), 2 ** -6));
  return toInt8(floor(mul(add(add(a, b), 2 ** 15), 2 ** -16)));
}

export function resizeNearest({x, size}: Operands, attrs: ResizeAttrs): Tensor {
  checkRank('Int8ResizeNearest', 'x', x, 4);
  const [height, width] = checkSize('Int8ResizeNearest', size.dataSync());
  const [, inHeight, inWidth]: number[] = x.shape;
  const rows = nearestAxis(inHeight, height, attrs);
  const columns = nearestAxis(inWidth, width, attrs);
  return toInt8(pick(pick(steps(x, 0), rows.low, ROWS), columns.low, COLUMNS));
}

function pick(x: Tensor, indices: Int32Array, axis: number): Tensor {
  return gather(x, tensor(indices, [indices.length], 'int32'), axis);
}

/** low · (2^11 − weight) + high · weight along an axis */
function blend(x: Tensor, {low, high, weight}: ResizeAxis, axis: number): Tensor {
  const shape = [1, 1, 1, 1];
  shape[axis] = weight.length;
  const highWeight = tensor(Float32Array.from(weight), shape);
  const lowWeight = sub(ONE, highWeight);
  return add(mul(pick(x, low, axis), lowWeight), mul(pick(x, high, axis), highWeight));
}
