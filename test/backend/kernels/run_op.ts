import {engine, tensor, type NamedAttrMap, type Tensor} from '@tensorflow/tfjs-core';
import type {Int8Attrs, Int8Op} from '../../../src/ops.js';
import type {Operands} from '../oracle/op_oracle.js';

/** New tensors of the operands, on the current backend. */
export function tensorsOf(operands: Operands): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(operands).map(([name, {values, shape}]) => [
      name,
      tensor(values, shape, values instanceof Int32Array ? 'int32' : 'float32'),
    ]),
  );
}

/** Runs the current backend's kernel of an int8 op. */
export function runKernel<Op extends Int8Op>(
  op: Op,
  operands: Record<string, Tensor>,
  attrs: Int8Attrs[Op],
): Tensor {
  return engine().runKernel(op, operands, attrs as unknown as NamedAttrMap);
}
