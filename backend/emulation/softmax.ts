import {div, max, minimum, mul, neg, sub, sum, type Tensor} from '@tensorflow/tfjs-core';
import {lookUp, rounded, steps, toInt8, type Operands} from './arithmetic.js';

/** (7) as ⌊256 · e / Σe + ½⌋. */
export function softmax({x, exponentials}: Operands): Tensor {
  const q = steps(x, 0);
  const e = lookUp(exponentials, neg(sub(q, max(q, -1, true))), 0);
  const share = div(mul(e, 256), sum(e, -1, true));
  return toInt8(sub(minimum(rounded(share), 255), 128));
}
