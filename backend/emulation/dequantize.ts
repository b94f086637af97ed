import {mul, type Tensor} from '@tensorflow/tfjs-core';
import type {DequantizeAttrs} from '../../src/ops.js';
import {steps, type Operands} from './arithmetic.js';

export function dequantize({x}: Operands, {xScale, xZeroPoint}: DequantizeAttrs): Tensor {
  return mul(steps(x, xZeroPoint), xScale);
}
