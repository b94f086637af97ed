import type {TensorInfo} from '@tensorflow/tfjs-core';
import {Int8Op, type SoftmaxAttrs} from '../../src/ops.js';
import type {SoftmaxStage} from '../microkernels.js';
import {fail, int8Kernel, sizeOf} from './int8_kernel.js';
import {unaryStep} from './steps.js';

const OP = Int8Op.Softmax;
const ONE = 2 ** 20;

/** Over the last axis. */
export const softmaxConfig = int8Kernel(
  OP,
  (backend, {x, exponentials}: {x: TensorInfo; exponentials: TensorInfo}, attrs: SoftmaxAttrs) => {
    const stage = softmaxStage(attrs);
    const channels = x.shape.at(-1) ?? 1;
    const table = backend.derived(exponentials, OP, () =>
      checkExponentials(backend.values(exponentials)),
    );
    const rows = sizeOf(x.shape.slice(0, -1));
    const loop = backend.microkernels.softmax(rows, channels, table, stage);
    return unaryStep(backend, x.shape, loop);
  },
);

/** @throws Error unless 1 / outScale is a whole number of [2, 256] */
export function softmaxStage({outScale, outZeroPoint, hi}: SoftmaxAttrs): SoftmaxStage {
  const levels = 1 / outScale;
  if (!(Number.isInteger(levels) && levels >= 2 && levels <= 256)) {
    fail(OP, `outScale is ${outScale}, but must be 1 / L with a whole number L of [2, 256]`);
  }
  return {levels, zeroPoint: outZeroPoint, hi};
}

/** (7) divides by Σe, which the 2^20 of the largest operand keeps away from 0. */
export function checkExponentials(values: ArrayLike<number>): Int32Array {
  const table = Int32Array.from(values);
  if (table.length !== 256 || table[0] !== ONE || table.some(e => e < 0 || e > ONE)) {
    fail(OP, 'exponentials must be 256 integers of [0, 2^20] that begin with 2^20');
  }
  return table;
}
