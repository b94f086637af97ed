import type {KernelConfig, NamedTensorInfoMap, TensorInfo} from '@tensorflow/tfjs-core';
import type {Int8Backend} from '../int8_backend.js';
import {delegate, type DelegateArgs} from './delegate.js';

/** Operands as a kernel gets them: none is missing. */
type Present<Operands> = {[name in keyof Operands]-?: NonNullable<Operands[name]>};

/**
 * A stock kernel that moves or compares values: on bytes where all operands are int8, else on the
 * float backends, which get int8 operands widened.
 *
 * @param run may return undefined to leave a case to the float backends after all
 * @param dataOperands the operands that must be int8; all of them unless given
 */
export function shapeKernel<Operands, Attrs>(
  kernelName: string,
  run: (
    backend: Int8Backend,
    operands: Present<Operands>,
    attrs: Attrs,
  ) => TensorInfo | TensorInfo[] | undefined,
  dataOperands?: readonly string[],
): KernelConfig {
  return {
    kernelName,
    backendName: 'int8',
    kernelFunc: args => {
      const {backend, inputs, attrs} = args as DelegateArgs;
      const result = areInt8(backend, inputs, dataOperands)
        ? run(backend, inputs as unknown as Present<Operands>, attrs as Attrs)
        : undefined;
      return result ?? delegate(kernelName, {backend, inputs, attrs});
    },
  };
}

function areInt8(
  backend: Int8Backend,
  inputs: NamedTensorInfoMap,
  names: readonly string[] = Object.keys(inputs),
): boolean {
  return (
    names.length > 0 &&
    names.every(name => {
      const x = inputs[name];
      return x != null && backend.holdsInt8(x);
    })
  );
}
