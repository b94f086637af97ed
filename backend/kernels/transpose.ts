import {
  Transpose,
  type TensorInfo,
  type TransposeAttrs,
  type TransposeInputs,
} from '@tensorflow/tfjs-core';
import type {Int8Backend} from '../int8_backend.js';
import {shapeKernel} from './shape_kernel.js';
import {denseStrides, stridedCopy} from './strided_copy.js';

export const transposeConfig = shapeKernel<TransposeInputs, TransposeAttrs>(
  Transpose,
  (backend, {x}, {perm}) => transposed(backend, x, perm),
);

/** A new tensor whose axis i is axis perm[i] of x. */
export function transposed(
  backend: Int8Backend,
  x: TensorInfo,
  perm: readonly number[],
): TensorInfo {
  const strides = denseStrides(x.shape);
  const shape = perm.map(axis => x.shape[axis]);
  return stridedCopy(backend, x, shape, {offset: 0, strides: perm.map(axis => strides[axis])});
}
