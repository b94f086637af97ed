import type {KernelConfig, TensorInfo} from '@tensorflow/tfjs-core';
import {addMultipliers} from '../../src/quant/multiplier.js';
import {Int8Op} from '../../src/ops.js';
import {broadcastStep} from './broadcast.js';
import {int8Kernel} from './int8_kernel.js';

/** Subtraction is addition of the operand's negative: the sign goes into its multiplier. */
function sumKernel(op: typeof Int8Op.Add | typeof Int8Op.Sub, sign: 1 | -1): KernelConfig {
  return int8Kernel(op, (backend, {a, b}: {a: TensorInfo; b: TensorInfo}, attrs) => {
    const {aScale, aZeroPoint, bScale, bZeroPoint, outScale, outZeroPoint, lo, hi} = attrs;
    const operands = {
      ...addMultipliers(aScale / outScale, (sign * bScale) / outScale),
      aZeroPoint,
      bZeroPoint,
      zeroPoint: outZeroPoint,
      lo,
      hi,
    };
    return broadcastStep(op, backend, a, b, plan => backend.microkernels.add(plan, operands));
  });
}

export const addConfig = sumKernel(Int8Op.Add, 1);
export const subConfig = sumKernel(Int8Op.Sub, -1);
