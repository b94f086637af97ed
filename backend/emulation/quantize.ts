import {
  cast,
  floor,
  isNaN as isNaNTensor,
  mul,
  where,
  add,
  clipByValue,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type {QuantizeAttrs} from '../../src/ops.js';
import {inverseOf} from '../kernels/quantize.js';
import {toInt8, type Operands} from './arithmetic.js';

export function quantize({x}: Operands, {outScale, outZeroPoint, lo, hi}: QuantizeAttrs): Tensor {
  const inverse = inverseOf('Int8Quantize', outScale);
  const whole = floor(add(mul(cast(x, 'float32'), inverse), 0.5));
  const numbers = where(isNaNTensor(whole), 0, whole);
  const inside = clipByValue(numbers, lo - outZeroPoint, hi - outZeroPoint);
  return toInt8(add(inside, outZeroPoint));
}
