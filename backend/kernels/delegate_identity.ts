import {Identity, type KernelConfig, type TensorInfo} from '@tensorflow/tfjs-core';
import type {Int8Backend} from '../int8_backend.js';

/** A second reference to the same data, int8 or not. (The WASM kernel copies.) */
export const identity: KernelConfig = {
  kernelName: Identity,
  backendName: 'int8',
  kernelFunc: ({inputs, backend}) => {
    const x = inputs.x as TensorInfo;
    return (backend as Int8Backend).alias(x, x.shape);
  },
};
