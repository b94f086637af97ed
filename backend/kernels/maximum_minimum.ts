import {
  Maximum,
  Minimum,
  util,
  type BinaryInputs,
  type KernelConfig,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type {Int8Backend} from '../int8_backend.js';
import {broadcastStep} from './broadcast.js';
import type {DelegateArgs} from './delegate.js';
import {shapeKernel} from './shape_kernel.js';

/**
 * Right as they stand on integers; on int8 values, of real numbers too if both lie on one grid.
 *
 * Of float values, where the bounds of a tensor repeat over its leading axes, XNNPACK takes twenty times what a sum
 * takes.
 */
function comparisonKernel(kernelName: string, compare: 'maximum' | 'minimum'): KernelConfig {
  const general = shapeKernel<BinaryInputs, unknown>(kernelName, (backend, {a, b}) =>
    broadcastStep(kernelName, backend, a, b, plan => backend.microkernels[compare](plan))({a, b}),
  );
  return {
    ...general,
    kernelFunc(args) {
      const {backend, inputs} = args as DelegateArgs;
      return limited(backend, compare, inputs) ?? general.kernelFunc(args);
    },
  };
}

/** @returns undefined where b does not repeat over a */
function limited(
  backend: Int8Backend,
  compare: 'maximum' | 'minimum',
  {a, b}: Partial<BinaryInputs>,
): TensorInfo | undefined {
  const loops = backend.microkernels.floats;
  if (a?.dtype !== 'float32' || b?.dtype !== 'float32') return undefined;
  if (loops === undefined || !repeats(a.shape, b.shape)) return undefined;
  const bounds = backend.floats(b).slice();
  backend.floats(a); // takes it from another backend, which allocates
  const {info, values} = backend.floatOutput(a.shape);
  const step = {op: compare, values: bounds};
  loops.applySteps(backend.floats(a), values, bounds.length, [step]);
  return info;
}

/** Are the sizes of b those of the last axes of a, but for 1s in front? */
function repeats(a: readonly number[], b: readonly number[]): boolean {
  if (b.length > a.length || a.includes(0)) return false;
  const first = b.findIndex(size => size !== 1);
  const own = first < 0 ? [] : b.slice(first);
  return util.arraysEqual(own, a.slice(a.length - own.length));
}

export const maximumConfig = comparisonKernel(Maximum, 'maximum');
export const minimumConfig = comparisonKernel(Minimum, 'minimum');
