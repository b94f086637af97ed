import type {TensorInfo} from '@tensorflow/tfjs-core';
import {Int8Op} from '../../src/ops.js';
import {int8Kernel} from './int8_kernel.js';
import {unaryStep} from './steps.js';
import {checkPoolPadding, windowOf} from './window.js';

const OP = Int8Op.MaxPool;

export const maxPoolConfig = int8Kernel(OP, (backend, {x}: {x: TensorInfo}, attrs) => {
  const window = windowOf(OP, x, attrs.filterSize, attrs);
  checkPoolPadding(OP, window);
  const channels = x.shape[3];
  const shape = [window.batch, window.outHeight, window.outWidth, channels];
  return unaryStep(backend, shape, backend.microkernels.maxPool({...window, channels}));
});
