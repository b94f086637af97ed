import {Cast, type CastAttrs, type CastInputs} from '@tensorflow/tfjs-core';
import {shapeKernel} from './shape_kernel.js';

/** To tfjs an int8 tensor is int32 already. */
export const castConfig = shapeKernel<CastInputs, CastAttrs>(Cast, (backend, {x}, {dtype}) =>
  dtype === 'int32' ? backend.alias(x, x.shape) : undefined,
);
