import type {TensorInfo} from '@tensorflow/tfjs-core';
import {Int8Op} from '../../src/ops.js';
import {broadcastStep} from './broadcast.js';
import {int8Kernel} from './int8_kernel.js';
import {scalarStageOf} from './output_stage.js';

const OP = Int8Op.Mul;

export const mulConfig = int8Kernel(
  OP,
  (backend, {a, b}: {a: TensorInfo; b: TensorInfo}, attrs) => {
    const {aZeroPoint, bZeroPoint} = attrs;
    const stage = scalarStageOf((attrs.aScale * attrs.bScale) / attrs.outScale, attrs);
    return broadcastStep(OP, backend, a, b, plan =>
      backend.microkernels.mul(plan, aZeroPoint, bZeroPoint, stage),
    );
  },
);
