import type {TensorInfo} from '@tensorflow/tfjs-core';
import {Int8Op} from '../../src/ops.js';
import {int8Kernel} from './int8_kernel.js';
import {checkPoolPadding, windowOf} from './window.js';

const OP = Int8Op.MaxPool;

export const maxPoolConfig = int8Kernel(OP, (backend, {x}: {x: TensorInfo}, attrs) => {
  const window = windowOf(OP, x, attrs.filterSize, attrs);
  checkPoolPadding(OP, window);
  const channels = x.shape[3];
  const input = backend.block(x);
  const {info, block} = backend.output([window.batch, window.outHeight, window.outWidth, channels]);
  backend.microkernels.maxPool({...window, channels})(input, block);
  return info;
});
