import type {KernelConfig, TensorInfo} from '@tensorflow/tfjs-core';
import type {Int8Attrs, Int8Op} from '../../src/ops.js';
import type {Int8Backend} from '../int8_backend.js';
import {type Step, StepCache} from './steps.js';

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
 * @param prepare does all that depends on attributes, shapes and constants alone, once for each node of a graph and each
 *   shape. It gets its operands by the names of `INT8_OPERANDS`, and its attributes complete: graph ops check them
 */
export function int8Kernel<
  Op extends Int8Op,
  Operands extends {[name in keyof Operands]?: TensorInfo},
>(
  op: Op,
  prepare: (backend: Int8Backend, operands: Operands, attrs: Int8Attrs[Op]) => Step<Operands>,
): KernelConfig {
  const steps = new StepCache<Int8Attrs[Op], Operands>(prepare);
  return {
    kernelName: op,
    backendName: 'int8',
    kernelFunc: ({backend, inputs, attrs}) => {
      const operands = inputs as Operands;
      return steps.get(
        backend as Int8Backend,
        operands,
        attrs as unknown as Int8Attrs[Op],
      )(operands);
    },
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
