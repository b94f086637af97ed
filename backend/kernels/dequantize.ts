import type {TensorInfo} from '@tensorflow/tfjs-core';
import {Int8Op} from '../../src/ops.js';
import {int8Kernel, sizeOf} from './int8_kernel.js';

export const dequantizeConfig = int8Kernel(
  Int8Op.Dequantize,
  (backend, {x}: {x: TensorInfo}, {xScale, xZeroPoint}) => {
    const values = new Float32Array(sizeOf(x.shape));
    const params = {scale: Math.fround(xScale), zeroPoint: xZeroPoint};
    backend.microkernels.dequantize(values.length, params)(backend.block(x), values);
    return backend.floatOutput(x.shape, values);
  },
);
