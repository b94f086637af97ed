import type {TensorInfo} from '@tensorflow/tfjs-core';
import {Int8Op} from '../../src/ops.js';
import {fail, int8Kernel, sizeOf, textOf} from './int8_kernel.js';

const OP = Int8Op.Lookup;

export const lookupConfig = int8Kernel(
  OP,
  (backend, {x, table}: {x: TensorInfo; table: TensorInfo}) => {
    if (sizeOf(table.shape) !== 256) {
      fail(OP, `table has shape ${textOf(table.shape)}, but must hold 256 values`);
    }
    const [input, map] = [backend.block(x), backend.block(table)];
    const {info, block} = backend.output(x.shape);
    backend.microkernels.lookup(block.bytes)(input, map, block);
    return info;
  },
);
