import {add, div, max, minimum, mul, neg, sub, sum, type Tensor} from '@tensorflow/tfjs-core';
import type {SoftmaxAttrs} from '../../src/ops.js';
import {softmaxStage} from '../kernels/softmax.js';
import {lookUp, rounded, steps, toInt8, type Operands} from './arithmetic.js';

/** (7) as ⌊L · e / Σe + ½⌋. */
export function softmax({x, exponentials}: Operands, attrs: SoftmaxAttrs): Tensor {
  const {levels, zeroPoint, hi} = softmaxStage(attrs);
  const q = steps(x, 0);
  const e = lookUp(exponentials, neg(sub(q, max(q, -1, true))), 0);
  const share = div(mul(e, levels), sum(e, -1, true));
  return toInt8(minimum(add(rounded(share), zeroPoint), hi));
}
