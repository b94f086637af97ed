import {matMul as matMulFloat, reshape, type Tensor} from '@tensorflow/tfjs-core';
import type {MatMulAttrs} from '../../src/ops.js';
import {finish} from './accumulator.js';
import {steps, type Operands} from './arithmetic.js';

export function matMul(operands: Operands, attrs: MatMulAttrs): Tensor {
  const {x, filter, filterZeroPoint} = operands;
  const [depth, columns] = filter.shape;
  const rows = reshape(steps(x, attrs.xZeroPoint), [-1, depth]);
  const sums = matMulFloat(rows, steps(filter, steps(filterZeroPoint, 0)));
  return finish(reshape(sums, [...x.shape.slice(0, -1), columns]), operands, attrs);
}
