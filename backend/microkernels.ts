/**
 * What an implementation of the int8 arithmetic provides: memory, and loops over it.
 *
 * `reference/` is the definition, in scalar TypeScript; any other implementation gives the same
 * bits. Shapes, padding and the choice of microkernel are decided in `kernels/`; a microkernel only
 * loops. Operands are blocks of the implementation's own memory, so that none is copied.
 */

import type {StatisticsLoops} from '../src/ops.js';
import type {Threads} from './threads/threads.js';

/** A stretch of a {@link Memory}; opaque but for its size. */
export interface Block {
  readonly bytes: number;
}

export interface Memory {
  alloc(bytes: number): Block;
  free(block: Block): void;
  /** The bytes of a block. Valid until the next {@link alloc}: memory that grows may move. */
  view(block: Block): Int8Array;
  /** Bytes in use. */
  readonly bytesInUse: number;
}

/** Sizes in elements; the bottom and right padding follow from the output size. */
export interface ConvGeometry {
  readonly batch: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly inChannels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  /** Depthwise: inChannels · multiplier. */
  readonly outChannels: number;
  readonly filterHeight: number;
  readonly filterWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly dilationHeight: number;
  readonly dilationWidth: number;
  readonly padTop: number;
  readonly padLeft: number;
}

export type PoolGeometry = Omit<ConvGeometry, 'inChannels' | 'outChannels'> & {
  readonly channels: number;
};

/** From int32 accumulators to int8, per channel: equations (3) and the activations of `AccumulatorAttrs`. */
export interface OutputStage {
  /** [C] */
  readonly mantissa: Int32Array;
  /** For accumulators below 0, with its sign: [C]. Equal to `mantissa` unless the activation is PReLU. */
  readonly negativeMantissa: Int32Array;
  /** 1 … 62, for all channels. */
  readonly shift: number;
  readonly zeroPoint: number;
  readonly lo: number;
  /** [C] */
  readonly hi: Int8Array;
  /** [256], applied last. */
  readonly table?: Int8Array;
}

/** From int32 accumulators to float32: y = float32(acc) · scale[c], 4 bytes an element. */
export interface FloatStage {
  /** [C] */
  readonly scale: Float32Array;
}

/** A filter with all that belongs to it, laid out as the implementation likes it. */
export interface PackedFilter {
  readonly bytes: number;
}

export interface FilterSpec {
  /** HWIO, depthwise HWIM, transposed HWOI, or [K, N] as 1×1×K×N. */
  readonly values: Int8Array;
  readonly height: number;
  readonly width: number;
  readonly inChannels: number;
  /** Depthwise: inChannels · multiplier. */
  readonly outChannels: number;
  /** [C] */
  readonly zeroPoint: Int32Array;
  /** [C] */
  readonly bias: Int32Array;
  readonly xZeroPoint: number;
  /** A {@link FloatStage} is not for {@link Microkernels.packDepthwise}. */
  readonly stage: OutputStage | FloatStage;
}

/** One operand's part in (5). */
export interface AddOperands {
  readonly aZeroPoint: number;
  readonly bZeroPoint: number;
  /** Negative for a subtrahend. */
  readonly aMantissa: number;
  readonly bMantissa: number;
  readonly shift: number;
  readonly zeroPoint: number;
  readonly lo: number;
  readonly hi: number;
}

/** A scalar form of {@link OutputStage}. */
export interface ScalarStage {
  readonly mantissa: number;
  readonly shift: number;
  readonly zeroPoint: number;
  readonly lo: number;
  readonly hi: number;
}

/** The grid of a softmax: 1 / levels is its scale. */
export interface SoftmaxStage {
  /** 2 … 256 */
  readonly levels: number;
  readonly zeroPoint: number;
  readonly hi: number;
}

/**
 * How a binary op walks its operands: the output as [outer, middle, inner], each operand's stride in
 * elements along each of the three (0 where it is broadcast). Kernels collapse any broadcast that
 * fits; others are expanded first.
 */
export interface BroadcastPlan {
  readonly outer: number;
  readonly middle: number;
  readonly inner: number;
  readonly aStrides: readonly [number, number, number];
  readonly bStrides: readonly [number, number, number];
}

/** Interpolation along one axis: out[i] = (in[low[i]] · (2^11 − weight[i]) + in[high[i]] · weight[i]) / 2^11. */
export interface ResizeAxis {
  readonly low: Int32Array;
  readonly high: Int32Array;
  /** 0 … 2^11; all 0 for nearest neighbour. */
  readonly weight: Int32Array;
}

/** One loop of a copy: its steps are distances in elements, 0 or negative too. */
export interface CopyAxis {
  readonly size: number;
  readonly from: number;
  readonly to: number;
}

/** y[toOffset + Σ index · to] = x[fromOffset + Σ index · from] for all indices; at least one axis, none of size 0. */
export interface CopyPlan {
  readonly fromOffset: number;
  readonly toOffset: number;
  /**
   * In any order. Fastest where the last has steps of 1, or where of the last two one has a step of 1 in x, the other
   * in y.
   */
  readonly axes: readonly CopyAxis[];
}

/** A microkernel with all its parameters, for blocks of the sizes they mean. May run any number of times. */
export type Unary = (x: Block, y: Block) => void;
export type Binary = (a: Block, b: Block, y: Block) => void;

/** Each member takes parameters, does once what depends on them alone, and returns the loop. */
export interface Microkernels {
  /** 'reference', 'simd', 'relaxed_simd' */
  readonly name: string;
  readonly memory: Memory;
  /** Undefined where all work is done by the calling thread. */
  readonly threads?: Threads;
  /** Not part of the int8 arithmetic. Undefined where they would be no faster than plain loops. */
  readonly floats?: StatisticsLoops;

  quantize(
    count: number,
    stage: {inverseScale: number; zeroPoint: number; lo: number; hi: number},
  ): (x: Float32Array, y: Block) => void;
  dequantize(
    count: number,
    params: {scale: number; zeroPoint: number},
  ): (x: Block, y: Float32Array) => void;
  /** b: a table of 256 bytes, indexed by a + 128. */
  lookup(count: number): Binary;

  /** x may be y, where what is read and what is written do not overlap. */
  copy(plan: CopyPlan): Unary;

  packConv2D(filter: FilterSpec): PackedFilter;
  packDepthwise(filter: FilterSpec): PackedFilter;
  /** @param strides [height, width] of all geometries that the filter is used with */
  packTransposedConv2D(filter: FilterSpec, strides: readonly [number, number]): PackedFilter;
  /** The stage of {@link prelu}; its table is not used. */
  packPRelu(stage: OutputStage): PackedFilter;
  /** The `values` of a filter's spec, exactly; not of {@link packPRelu}, which has none. */
  filterValues(filter: PackedFilter): Int8Array;
  freeFilter(filter: PackedFilter): void;
  conv2D(filter: PackedFilter, geometry: ConvGeometry): Unary;
  depthwiseConv2D(filter: PackedFilter, geometry: ConvGeometry): Unary;
  /** Strides and padding are those of the convolution from y to x; no dilation. */
  transposedConv2D(filter: PackedFilter, geometry: ConvGeometry): Unary;
  /** x: [rows, K] */
  matMul(filter: PackedFilter, rows: number): Unary;
  /** y[i, c] with the stage of channel c; x: [rows, C]. */
  prelu(filter: PackedFilter, rows: number, xZeroPoint: number): Unary;

  add(plan: BroadcastPlan, operands: AddOperands): Binary;
  mul(plan: BroadcastPlan, aZeroPoint: number, bZeroPoint: number, stage: ScalarStage): Binary;
  maximum(plan: BroadcastPlan): Binary;
  minimum(plan: BroadcastPlan): Binary;

  maxPool(geometry: PoolGeometry): Unary;
  /** stages[n − 1] is for windows with n taps inside the image. */
  avgPool(geometry: PoolGeometry, xZeroPoint: number, stages: readonly ScalarStage[]): Unary;
  /** x: [outer, reduced, inner] → [outer, inner] */
  mean(
    sizes: {outer: number; reduced: number; inner: number},
    xZeroPoint: number,
    stage: ScalarStage,
  ): Unary;
  /** x: [batch, rows in, columns in, channels] */
  resize(
    sizes: {batch: number; inHeight: number; inWidth: number; channels: number},
    rows: ResizeAxis,
    columns: ResizeAxis,
  ): Unary;
  /** x: [rows, channels] */
  softmax(rows: number, channels: number, exponentials: Int32Array, stage: SoftmaxStage): Unary;
}
