import {Maximum, Minimum, type BinaryInputs, type KernelConfig} from '@tensorflow/tfjs-core';
import {broadcastKernel} from './broadcast.js';
import {shapeKernel} from './shape_kernel.js';

/** Right as they stand on integers; on int8 values, of real numbers too if both lie on one grid. */
function comparisonKernel(kernelName: string, compare: 'maximum' | 'minimum'): KernelConfig {
  return shapeKernel<BinaryInputs, unknown>(kernelName, (backend, {a, b}) =>
    broadcastKernel(kernelName, backend, a, b, plan => backend.microkernels[compare](plan)),
  );
}

export const maximumConfig = comparisonKernel(Maximum, 'maximum');
export const minimumConfig = comparisonKernel(Minimum, 'minimum');
