import {Pack, type PackAttrs, type TensorInfo} from '@tensorflow/tfjs-core';
import {concatenated} from './concat.js';
import {withAxis} from './expand_dims.js';
import {shapeKernel} from './shape_kernel.js';

export const packConfig = shapeKernel<TensorInfo[], PackAttrs>(
  Pack,
  (backend, operands, {axis}) => {
    const expanded = Object.values(operands).map(x => ({...x, shape: withAxis(x.shape, axis)}));
    return concatenated(backend, expanded, axis < 0 ? axis + expanded[0].shape.length : axis);
  },
);
