/**
 * The messages of ONNX that we write, as plain values; field names as in onnx.proto, in camel case
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
 */

/** TensorProto.DataType. */
export const ELEMENT_TYPES = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
} as const;

export type ElementType = keyof typeof ELEMENT_TYPES;

/** A constant. Its values lie in memory as on disk: little-endian, row by row. */
export interface OnnxTensor {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly values: Float32Array | Uint8Array | Int8Array | Int32Array | BigInt64Array;
}

/** Whole numbers become INT, {@link OnnxFloat}s FLOAT. */
export type OnnxAttribute = number | string | readonly number[] | OnnxFloat;

/** A number that is a FLOAT, also when it is whole. */
export interface OnnxFloat {
  readonly float: number;
}

export interface OnnxNode {
  readonly op: string;
  /** An empty name is an optional operand left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
  /** The node of our graph that it stands for; of several, each has it. */
  readonly origin: string;
}

export interface OnnxValueInfo {
  readonly name: string;
  readonly type: ElementType;
  /** A name is a size that is open. Without a shape, rank and sizes are open. */
  readonly shape?: ReadonlyArray<number | string>;
}

export interface OnnxModel {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
}
