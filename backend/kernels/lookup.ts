import type {TensorInfo} from '@tensorflow/tfjs-core';
import {Int8Op} from '../../src/ops.js';
import {fail, int8Kernel, sizeOf, textOf} from './int8_kernel.js';
import {binaryStep} from './steps.js';

const OP = Int8Op.Lookup;

export const lookupConfig = int8Kernel(
  OP,
  (backend, {x, table}: {x: TensorInfo; table: TensorInfo}) => {
    if (sizeOf(table.shape) !== 256) {
      fail(OP, `table has shape ${textOf(table.shape)}, but must hold 256 values`);
    }
    const look = binaryStep(backend, x.shape, backend.microkernels.lookup(sizeOf(x.shape)));
    return operands => look({a: operands.x, b: operands.table});
  },
);
