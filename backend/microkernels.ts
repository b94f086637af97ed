/**
 * What an implementation of the int8 arithmetic provides: memory, and loops over it.
 *
 * `reference/` is the definition, in scalar TypeScript; any other implementation gives the same
 * bits. Shapes, padding and the choice of microkernel are decided in `kernels/`; a microkernel only
 * loops. Operands are blocks of the implementation's own memory, so that none is copied.
 */

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
  /** HWIO, depthwise HWIM, or [K, N] as 1×1×K×N. */
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
  /** A {@link FloatStage} for {@link Microkernels.packConv2D} alone. */
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

export interface Microkernels {
  /** 'reference', 'simd', … */
  readonly name: string;
  readonly memory: Memory;
  /** Undefined where all work is done by the calling thread. */
  readonly threads?: Threads;

  quantize(
    x: Float32Array,
    y: Block,
    stage: {inverseScale: number; zeroPoint: number; lo: number; hi: number},
  ): void;
  dequantize(x: Block, y: Float32Array, params: {scale: number; zeroPoint: number}): void;
  /** table: 256 bytes, indexed by x + 128. */
  lookup(x: Block, table: Block, y: Block): void;

  packConv2D(filter: FilterSpec): PackedFilter;
  packDepthwise(filter: FilterSpec): PackedFilter;
  freeFilter(filter: PackedFilter): void;
  conv2D(x: Block, filter: PackedFilter, y: Block, geometry: ConvGeometry): void;
  depthwiseConv2D(x: Block, filter: PackedFilter, y: Block, geometry: ConvGeometry): void;
  /** x: [rows, K] */
  matMul(x: Block, filter: PackedFilter, y: Block, rows: number): void;

  add(a: Block, b: Block, y: Block, plan: BroadcastPlan, operands: AddOperands): void;
  mul(
    a: Block,
    b: Block,
    y: Block,
    plan: BroadcastPlan,
    aZeroPoint: number,
    bZeroPoint: number,
    stage: ScalarStage,
  ): void;
  maximum(a: Block, b: Block, y: Block, plan: BroadcastPlan): void;
  minimum(a: Block, b: Block, y: Block, plan: BroadcastPlan): void;
  /** y[i, c] with the stage of channel c; x: [rows, C]. stage.table is not used. */
  prelu(x: Block, y: Block, rows: number, xZeroPoint: number, stage: OutputStage): void;

  maxPool(x: Block, y: Block, geometry: PoolGeometry): void;
  /** stages[n − 1] is for windows with n taps inside the image. */
  avgPool(
    x: Block,
    y: Block,
    geometry: PoolGeometry,
    xZeroPoint: number,
    stages: readonly ScalarStage[],
  ): void;
  /** x: [outer, reduced, inner] → [outer, inner] */
  mean(
    x: Block,
    y: Block,
    sizes: {outer: number; reduced: number; inner: number},
    xZeroPoint: number,
    stage: ScalarStage,
  ): void;
  /** x: [batch, rows in, columns in, channels] */
  resize(
    x: Block,
    y: Block,
    sizes: {batch: number; inHeight: number; inWidth: number; channels: number},
    rows: ResizeAxis,
    columns: ResizeAxis,
  ): void;
  /** x: [rows, channels] */
  softmax(
    x: Block,
    y: Block,
    rows: number,
    channels: number,
    exponentials: Int32Array,
    stage: SoftmaxStage,
  ): void;
}
