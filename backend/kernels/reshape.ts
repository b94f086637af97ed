import {Reshape, util, type ReshapeAttrs, type ReshapeInputs} from '@tensorflow/tfjs-core';
import {fail, sizeOf, textOf} from './int8_kernel.js';
import {shapeKernel} from './shape_kernel.js';

export const reshapeConfig = shapeKernel<ReshapeInputs, ReshapeAttrs>(
  Reshape,
  (backend, {x}, {shape}) => {
    const size = sizeOf(x.shape);
    const target = util.inferFromImplicitShape(shape, size);
    if (sizeOf(target) !== size) {
      fail(Reshape, `x has shape ${textOf(x.shape)}, which does not fit ${textOf(target)}`);
    }
    return backend.alias(x, target);
  },
);
