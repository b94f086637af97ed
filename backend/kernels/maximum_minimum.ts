import {Maximum, Minimum, type BinaryInputs, type KernelConfig} from '@tensorflow/tfjs-core';
import {broadcastStep} from './broadcast.js';
import {shapeKernel} from './shape_kernel.js';

/** Right as they stand on integers; on int8 values, of real numbers too if both lie on one grid. */
function comparisonKernel(kernelName: string, compare: 'maximum' | 'minimum'): KernelConfig {
  return shapeKernel<BinaryInputs, unknown>(kernelName, (backend, {a, b}) =>
    broadcastStep(kernelName, backend, a, b, plan => backend.microkernels[compare](plan))({a, b}),
  );
}

export const maximumConfig = comparisonKernel(Maximum, 'maximum');
export const minimumConfig = comparisonKernel(Minimum, 'minimum');
