import {
  slice_util,
  StridedSlice,
  type StridedSliceAttrs,
  type StridedSliceInputs,
} from '@tensorflow/tfjs-core';
import {shapeKernel} from './shape_kernel.js';
import {denseStrides, stridedCopy} from './strided_copy.js';

export const stridedSliceConfig = shapeKernel<StridedSliceInputs, StridedSliceAttrs>(
  StridedSlice,
  (backend, {x}, attrs) => {
    const {begin, end, strides, finalShape} = slice_util.sliceInfo(
      x.shape,
      attrs.begin,
      attrs.end,
      attrs.strides,
      attrs.beginMask,
      attrs.endMask,
      attrs.ellipsisMask,
      attrs.newAxisMask,
      attrs.shrinkAxisMask,
    );
    const dense = denseStrides(x.shape);
    const sizes = begin.map((from, axis) =>
      Math.max(Math.ceil((end[axis] - from) / strides[axis]), 0),
    );
    const result = stridedCopy(backend, x, sizes, {
      offset: begin.reduce((at, from, axis) => at + from * dense[axis], 0),
      strides: strides.map((step, axis) => step * dense[axis]),
    });
    return {...result, shape: finalShape};
  },
);
