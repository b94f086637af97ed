import type {TensorInfo} from '@tensorflow/tfjs-core';
import {Int8Op} from '../../src/ops.js';
import {int8Kernel, sizeOf} from './int8_kernel.js';
import {preluStageOf} from './output_stage.js';
import {unaryStep} from './steps.js';
import {variantOf} from './variants.js';

const OP = Int8Op.PRelu;

/** x [..., C], slope one for all or one for each of the C channels. */
export const preluConfig = int8Kernel(
  OP,
  (backend, {x, slope}: {x: TensorInfo; slope: TensorInfo}, attrs) => {
    const channels = x.shape.at(-1) ?? 1;
    const {xScale, outScale, outZeroPoint, lo, hi} = attrs;
    const slopes = variantOf(
      backend,
      slope,
      OP,
      [channels, xScale, outScale, outZeroPoint, lo, hi],
      () =>
        backend.microkernels.packPRelu(preluStageOf(OP, attrs, channels, backend.values(slope))),
      packed => backend.microkernels.freeFilter(packed),
    );
    const rows = sizeOf(x.shape.slice(0, -1));
    return unaryStep(backend, x.shape, backend.microkernels.prelu(slopes, rows, attrs.xZeroPoint));
  },
);
