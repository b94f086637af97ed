import type {TensorInfo} from '@tensorflow/tfjs-core';
import {Int8Op} from '../../src/ops.js';
import {int8Kernel} from './int8_kernel.js';
import {scalarStageOf} from './output_stage.js';
import {unaryStep} from './steps.js';
import {checkPoolPadding, windowOf} from './window.js';

const OP = Int8Op.AvgPool;

export const avgPoolConfig = int8Kernel(OP, (backend, {x}: {x: TensorInfo}, attrs) => {
  const window = windowOf(OP, x, attrs.filterSize, attrs);
  checkPoolPadding(OP, window);
  const channels = x.shape[3];
  const taps = window.filterHeight * window.filterWidth;
  const stages = Array.from({length: taps}, (_, i) =>
    scalarStageOf(attrs.xScale / (attrs.outScale * (i + 1)), attrs),
  );
  const shape = [window.batch, window.outHeight, window.outWidth, channels];
  const loop = backend.microkernels.avgPool({...window, channels}, attrs.xZeroPoint, stages);
  return unaryStep(backend, shape, loop);
});
