import {Unpack, util, type UnpackAttrs, type UnpackInputs} from '@tensorflow/tfjs-core';
import {shapeKernel} from './shape_kernel.js';
import {sliced} from './slice.js';

export const unpackConfig = shapeKernel<UnpackInputs, UnpackAttrs>(
  Unpack,
  (backend, {value}, {axis}) => {
    const [along] = util.parseAxisParam(axis, value.shape);
    const shape = value.shape.filter((_, i) => i !== along);
    const size = value.shape.map((extent, i) => (i === along ? 1 : extent));
    return Array.from({length: value.shape[along]}, (_, at) => {
      const begin = value.shape.map((_extent, i) => (i === along ? at : 0));
      return {...sliced(backend, value, begin, size), shape};
    });
  },
);
