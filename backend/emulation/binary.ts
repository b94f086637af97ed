import {add as addFloat, mul as mulFloat, type Tensor} from '@tensorflow/tfjs-core';
import {addMultipliers} from '../../src/quant/multiplier.js';
import type {BinaryAttrs} from '../../src/ops.js';
import {steps, toGrid, toInt8, type Operands} from './arithmetic.js';

export const add = sum(1);
export const sub = sum(-1);

/** (5). Its factors have 21 bits, so float32 holds them exactly. */
function sum(sign: 1 | -1) {
  return ({a, b}: Operands, attrs: BinaryAttrs): Tensor => {
    const {aScale, bScale, outScale, aZeroPoint, bZeroPoint} = attrs;
    const {aMantissa, bMantissa, shift} = addMultipliers(
      aScale / outScale,
      (sign * bScale) / outScale,
    );
    const aPart = mulFloat(steps(a, aZeroPoint), aMantissa / 2 ** shift);
    const bPart = mulFloat(steps(b, bZeroPoint), bMantissa / 2 ** shift);
    return toInt8(toGrid(addFloat(aPart, bPart), attrs));
  };
}

export function mul({a, b}: Operands, attrs: BinaryAttrs): Tensor {
  const {aScale, bScale, outScale, aZeroPoint, bZeroPoint} = attrs;
  const product = mulFloat(steps(a, aZeroPoint), steps(b, bZeroPoint));
  return toInt8(toGrid(mulFloat(product, (aScale * bScale) / outScale), attrs));
}
