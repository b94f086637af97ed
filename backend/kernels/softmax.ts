import type {TensorInfo} from '@tensorflow/tfjs-core';
import {Int8Op} from '../../src/ops.js';
import {fail, int8Kernel, sizeOf} from './int8_kernel.js';

const OP = Int8Op.Softmax;
const ONE = 2 ** 20;

/** Over the last axis. */
export const softmaxConfig = int8Kernel(
  OP,
  (backend, {x, exponentials}: {x: TensorInfo; exponentials: TensorInfo}) => {
    const channels = x.shape.at(-1) ?? 1;
    const table = backend.derived(exponentials, OP, () =>
      checkExponentials(backend.values(exponentials)),
    );
    const input = backend.block(x);
    const {info, block} = backend.output(x.shape);
    const rows = sizeOf(x.shape.slice(0, -1));
    backend.microkernels.softmax(input, block, rows, channels, table);
    return info;
  },
);

/** (7) divides by Σe, which the 2^20 of the largest operand keeps away from 0. */
export function checkExponentials(values: ArrayLike<number>): Int32Array {
  const table = Int32Array.from(values);
  if (table.length !== 256 || table[0] !== ONE || table.some(e => e < 0 || e > ONE)) {
    fail(OP, 'exponentials must be 256 integers of [0, 2^20] that begin with 2^20');
  }
  return table;
}
