import {
  Slice,
  slice_util,
  type SliceAttrs,
  type SliceInputs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type {Int8Backend} from '../int8_backend.js';
import {fail, textOf} from './int8_kernel.js';
import {shapeKernel} from './shape_kernel.js';
import {denseStrides, stridedCopy} from './strided_copy.js';

export const sliceConfig = shapeKernel<SliceInputs, SliceAttrs>(
  Slice,
  (backend, {x}, {begin, size}) => {
    const [start, extent] = slice_util.parseSliceParams(x, begin, size);
    return sliced(backend, x, start, extent);
  },
);

/** @throws Error if the slice does not lie in x */
export function sliced(
  backend: Int8Backend,
  x: TensorInfo,
  begin: readonly number[],
  size: readonly number[],
): TensorInfo {
  const inside = x.shape.every(
    (extent, axis) => begin[axis] >= 0 && size[axis] >= 0 && begin[axis] + size[axis] <= extent,
  );
  if (begin.length !== x.shape.length || !inside) {
    fail(Slice, `${textOf(size)} from ${textOf(begin)} is outside x of shape ${textOf(x.shape)}`);
  }
  const strides = denseStrides(x.shape);
  const offset = begin.reduce((at, from, axis) => at + from * strides[axis], 0);
  return stridedCopy(backend, x, [...size], {offset, strides});
}
