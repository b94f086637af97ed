import {mul, sum, type Tensor} from '@tensorflow/tfjs-core';
import type {MeanAttrs} from '../../src/ops.js';
import {reducedAxes} from '../kernels/mean.js';
import {steps, toGrid, toInt8, type Operands} from './arithmetic.js';

export function mean({x}: Operands, attrs: MeanAttrs): Tensor {
  const axes = reducedAxes(x.shape, attrs.axes);
  const count = axes.reduce((n, axis) => n * x.shape[axis], 1);
  const sums = sum(steps(x, attrs.xZeroPoint), axes, attrs.keepDims);
  return toInt8(toGrid(mul(sums, attrs.xScale / (attrs.outScale * count)), attrs));
}
