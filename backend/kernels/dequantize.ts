import type {TensorInfo} from '@tensorflow/tfjs-core';
import {Int8Op} from '../../src/ops.js';
import {int8Kernel, sizeOf} from './int8_kernel.js';

export const dequantizeConfig = int8Kernel(
  Int8Op.Dequantize,
  (backend, {x: {shape}}: {x: TensorInfo}, {xScale, xZeroPoint}) => {
    const params = {scale: Math.fround(xScale), zeroPoint: xZeroPoint};
    const loop = backend.microkernels.dequantize(sizeOf(shape), params);
    return ({x}) => {
      const input = backend.block(x);
      const {info, values} = backend.floatOutput(x.shape);
      loop(input, values);
      return info;
    };
  },
);
