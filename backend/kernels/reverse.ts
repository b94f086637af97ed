import {Reverse, util, type ReverseAttrs, type ReverseInputs} from '@tensorflow/tfjs-core';
import {shapeKernel} from './shape_kernel.js';
import {denseStrides, stridedCopy} from './strided_copy.js';

export const reverseConfig = shapeKernel<ReverseInputs, ReverseAttrs>(
  Reverse,
  (backend, {x}, {dims}) => {
    const backwards = new Set(util.parseAxisParam(dims, x.shape));
    const dense = denseStrides(x.shape);
    const offset = x.shape.reduce(
      (at, size, axis) => at + (backwards.has(axis) ? (size - 1) * dense[axis] : 0),
      0,
    );
    const strides = dense.map((stride, axis) => (backwards.has(axis) ? -stride : stride));
    return stridedCopy(backend, x, x.shape, {offset, strides});
  },
);
