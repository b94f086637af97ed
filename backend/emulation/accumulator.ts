import {add, cast, less, minimum, mul, where, type Tensor} from '@tensorflow/tfjs-core';
import type {AccumulatorAttrs} from '../../src/ops.js';
import {lookUp, toGrid, toInt8, type Operands} from './arithmetic.js';

/**
 * What follows Σ (filter − filterZeroPoint) · (x − xZeroPoint): the bias, (3), and the activation.
 *
 * @param sum float32 [..., C]
 */
export function finish(
  sum: Tensor,
  {bias, filterScale, activation}: Operands,
  attrs: AccumulatorAttrs,
): Tensor {
  const acc = add(sum, cast(bias, 'float32'));
  if (attrs.activation === 'dequantize') {
    return mul(acc, mul(cast(filterScale, 'float32'), attrs.xScale));
  }
  const factor = mul(cast(filterScale, 'float32'), attrs.xScale / attrs.outScale);
  const real = mul(acc, factor);
  switch (attrs.activation) {
    case 'none':
      return toInt8(toGrid(real, attrs));
    case 'cap':
      return toInt8(minimum(toGrid(real, attrs), cast(activation, 'float32')));
    case 'prelu':
      return toInt8(toGrid(where(less(acc, 0), mul(real, activation), real), attrs));
    case 'table':
      return toInt8(lookUp(activation, toGrid(real, attrs), 128));
  }
}
