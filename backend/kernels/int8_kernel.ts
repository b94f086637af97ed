import type {KernelConfig, TensorInfo} from '@tensorflow/tfjs-core';
import type {Int8Attrs, Int8Op} from '../../src/ops.js';
import type {Int8Backend} from '../int8_backend.js';

/** The operands of the ops that multiply and accumulate. */
export interface AccumulatorOperands {
  x: TensorInfo;
  filter: TensorInfo;
  bias: TensorInfo;
  filterScale: TensorInfo;
  filterZeroPoint: TensorInfo;
  activation?: TensorInfo;
}

/**
 * The tfjs kernel of an int8 op.
 *
 * @param run gets its operands by the names of `INT8_OPERANDS`, and its attributes complete: graph ops check them
 */
export function int8Kernel<Op extends Int8Op, Operands>(
  op: Op,
  run: (backend: Int8Backend, operands: Operands, attrs: Int8Attrs[Op]) => TensorInfo,
): KernelConfig {
  return {
    kernelName: op,
    backendName: 'int8',
    kernelFunc: ({backend, inputs, attrs}) =>
      run(backend as Int8Backend, inputs as Operands, attrs as unknown as Int8Attrs[Op]),
  };
}

/** @throws Error always: `op: message` */
export function fail(op: string, message: string): never {
  throw new Error(`${op}: ${message}`);
}

/** @throws Error if x has another rank */
export function checkRank(op: string, name: string, {shape}: TensorInfo, rank: number): void {
  if (shape.length !== rank) {
    fail(op, `${name} has shape ${textOf(shape)}, but must be of rank ${rank}`);
  }
}

export function textOf(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, extent) => size * extent, 1);
}
