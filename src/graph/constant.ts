/** How the values are stored on disk: stored integer · scale + min, or IEEE half precision. */
export interface Encoding {
  readonly dtype: 'uint8' | 'uint16' | 'float16';
  readonly scale?: number;
  readonly min?: number;
}

interface ConstantBase {
  readonly shape: readonly number[];
  /** Asked for on export, and used if it reproduces every value exactly. */
  readonly encoding?: Encoding;
}

/** The value of a Const node, decoded. complex64 is interleaved; a string is its bytes. */
export type Constant = ConstantBase &
  (
    | {readonly dtype: 'float32'; readonly values: Float32Array}
    | {readonly dtype: 'int32'; readonly values: Int32Array}
    | {readonly dtype: 'bool'; readonly values: Uint8Array}
    | {readonly dtype: 'complex64'; readonly values: Float32Array}
    | {readonly dtype: 'string'; readonly values: readonly Uint8Array[]}
  );

export type FloatConstant = Extract<Constant, {dtype: 'float32'}>;
export type IntConstant = Extract<Constant, {dtype: 'int32'}>;

/** One byte a value on disk, for integers of [−128, 127]. */
export const INT8_ENCODING: Encoding = {dtype: 'uint8', scale: 1, min: -128};

export function floatConstant(values: ArrayLike<number>, shape?: readonly number[]): FloatConstant {
  return {dtype: 'float32', shape: shape ?? [values.length], values: Float32Array.from(values)};
}

export function intConstant(values: ArrayLike<number>, shape?: readonly number[]): IntConstant {
  return {dtype: 'int32', shape: shape ?? [values.length], values: Int32Array.from(values)};
}

/** Integers of [−128, 127], stored as one byte each. */
export function int8Constant(values: ArrayLike<number>, shape?: readonly number[]): IntConstant {
  return {...intConstant(values, shape), encoding: INT8_ENCODING};
}
