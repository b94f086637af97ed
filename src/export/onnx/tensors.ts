import type {Constant} from '../../graph/constant.js';
import {DfqError} from '../../graph/dfq_error.js';
import type {OnnxTensor} from './model.js';

export type TensorValue = Omit<OnnxTensor, 'name'>;

export function floats(values: ArrayLike<number>, shape = [values.length]): TensorValue {
  return {type: 'float32', shape, values: Float32Array.from(values)};
}

export function int32s(values: ArrayLike<number>, shape = [values.length]): TensorValue {
  return {type: 'int32', shape, values: Int32Array.from(values)};
}

/** Shapes, axes and paddings are int64 in ONNX. */
export function int64s(values: readonly number[], shape = [values.length]): TensorValue {
  return {type: 'int64', shape, values: BigInt64Array.from(values, BigInt)};
}

export function int8s(values: ArrayLike<number>, shape = [values.length]): TensorValue {
  return {type: 'int8', shape, values: Int8Array.from(values)};
}

/** @throws DfqError for dtypes that ONNX has no counterpart of, or that no rule needs */
export function tensorOf(name: string, constant: Constant): TensorValue {
  const {shape, dtype} = constant;
  switch (dtype) {
    case 'float32':
      return floats(constant.values, [...shape]);
    case 'int32':
      return int32s(constant.values, [...shape]);
    case 'bool':
      return {type: 'bool', shape, values: constant.values};
    default:
      throw new DfqError(`'${name}' is a ${dtype} constant, which can't be exported to ONNX`);
  }
}

/** The values with their axes in another order: axis i of the result is axis permutation[i]. */
export function transposed(tensor: TensorValue, permutation: readonly number[]): TensorValue {
  const {shape, values, type} = tensor;
  if (values instanceof BigInt64Array) throw new Error('shapes and axes have but one axis');
  const result = values.slice();
  const strides = stridesOf(shape);
  const sizes = permutation.map(axis => shape[axis]);
  const steps = permutation.map(axis => strides[axis]);
  const index = sizes.map(() => 0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = values[from];
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      from += steps[axis];
      if (++index[axis] < sizes[axis]) break;
      from -= steps[axis] * sizes[axis];
      index[axis] = 0;
    }
  }
  return {type, shape: sizes, values: result};
}

function stridesOf(shape: readonly number[]): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

/** The same values in another shape. */
export function reshaped({type, values}: TensorValue, shape: readonly number[]): TensorValue {
  return {type, shape, values};
}
