import {Identity, type IdentityInputs} from '@tensorflow/tfjs-core';
import {shapeKernel} from './shape_kernel.js';

export const identityConfig = shapeKernel<IdentityInputs, unknown>(Identity, (backend, {x}) =>
  backend.alias(x, x.shape),
);
