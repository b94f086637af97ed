import {less, mul, reshape, where, type Tensor} from '@tensorflow/tfjs-core';
import type {PReluAttrs} from '../../src/ops.js';
import {steps, toGrid, toInt8, type Operands} from './arithmetic.js';

export function prelu({x, slope}: Operands, attrs: PReluAttrs): Tensor {
  const distance = steps(x, attrs.xZeroPoint);
  const real = mul(distance, attrs.xScale / attrs.outScale);
  const slopes = reshape(slope, [slope.size]);
  return toInt8(toGrid(where(less(distance, 0), mul(real, slopes), real), attrs));
}
