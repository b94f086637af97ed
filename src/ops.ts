import type {TensorInfo} from '@tensorflow/tfjs-core';

/**
 * The contract between passes and backend: the int8 graph ops, their operands and attributes.
 *
 * An int8 tensor has dtype `int32` to TensorFlow.js, which knows no int8, and holds integers of
 * [−128, 127]. Where a tensor lies on the real line is in the attributes of the ops that make and
 * read it: real = scale · (q − zeroPoint), equation (1) of docs/quantization.md.
 *
 * Ops that only move or compare values need no int8 form: Reshape, Transpose, Slice, StridedSlice,
 * Squeeze, ExpandDims, Split, Pack, Unpack, GatherV2, Tile, SpaceToBatchND, BatchToSpaceND,
 * SpaceToDepth, DepthToSpace, ConcatV2, PadV2 (with the zero point as its constant), MirrorPad,
 * Reverse, Maximum and Minimum (on one common grid) stay the stock ops, and the backend runs them
 * on bytes.
 *
 * Layouts: activations NHWC, filters HWIO (depthwise: HWIM, transposed: HWOI), matrices [K, N].
 * All attributes below are GraphDef attributes; lists of numbers are `list.i` or `list.f`.
 */

/** What the backend offers to those who read many tensors, besides its kernels. */
export interface FloatViewer {
  /** The values of a float32 tensor, a view of where they lie if it can be had: valid until the next allocation. */
  floats(x: TensorInfo): Float32Array;
  /** A new float32 tensor, and a view of where its values are to be written: valid until the next allocation. */
  floatOutput?(shape: number[]): {info: TensorInfo; values: Float32Array};
  /** The bits of `scalarLoops` (src/statistics), faster; absent where it can't do better. */
  readonly statisticsLoops?: StatisticsLoops;
}

/** What is summed up of each channel of a tensor; all have one element a channel. */
export interface ChannelSums {
  readonly sum: Float64Array;
  readonly squares: Float64Array;
  /** Float32 values, as `max`. */
  readonly min: Float64Array;
  readonly max: Float64Array;
}

/** y = x + values, max(x, values) or min(x, values): x where one of two is NaN, and of 0 and −0. */
export interface ChannelStep {
  readonly op: 'add' | 'maximum' | 'minimum';
  /** One for each channel, or one for all. */
  readonly values: Float32Array;
  /** What to add the moments of the result to. */
  readonly sums?: ChannelSums;
}

/** Where the integers min, …, max lie on the real line; one of them is the zero point. */
export interface RealGrid {
  readonly scale: number;
  readonly zeroPoint: number;
  readonly min: number;
  readonly max: number;
}

/** Powers of a tensor and of what it differs by from another. */
export interface ErrorSums {
  signal: number;
  noise: number;
}

/** Loops over float32 values; sums are of float64. Those over channels take whole rows, channels last. */
export interface StatisticsLoops {
  addMoments(values: Float32Array, sums: ChannelSums): void;
  /** All steps, each on the result of the one before. */
  applySteps(
    x: Float32Array,
    y: Float32Array,
    channels: number,
    steps: readonly ChannelStep[],
  ): void;
  /**
   * @param counts of each channel: how many are above its bound is added
   * @returns one bit for each value, 1 for those above the bounds of their channels; rows begin at bytes
   */
  maskAbove(values: Float32Array, bounds: Float32Array, counts: Int32Array): Uint8Array;
  /** Adds values to the sums of their channels, row after row. */
  addRows(values: Float32Array, sums: Float64Array): void;
  /** As {@link addRows}, of the values whose bit is 1. */
  addMasked(values: Float32Array, mask: Uint8Array, sums: Float64Array): void;
  /** Adds Σ reference² and Σ (actual − reference)², over the places where the reference is finite. */
  addErrors(reference: Float32Array, actual: Float32Array, sums: ErrorSums): void;
  /** As {@link addErrors}, of the reference itself put on a grid and taken back: equations (2) and (1). */
  addGridErrors(reference: Float32Array, grid: RealGrid, sums: ErrorSums): void;
}

/** Names of the graph ops, and of the kernels that run them. */
export const Int8Op = {
  Quantize: 'Int8Quantize',
  Dequantize: 'Int8Dequantize',
  Lookup: 'Int8Lookup',
  Conv2D: 'Int8Conv2D',
  DepthwiseConv2D: 'Int8DepthwiseConv2D',
  TransposedConv2D: 'Int8TransposedConv2D',
  MatMul: 'Int8MatMul',
  Add: 'Int8Add',
  Sub: 'Int8Sub',
  Mul: 'Int8Mul',
  PRelu: 'Int8PRelu',
  MaxPool: 'Int8MaxPool',
  AvgPool: 'Int8AvgPool',
  Mean: 'Int8Mean',
  ResizeBilinear: 'Int8ResizeBilinear',
  ResizeNearest: 'Int8ResizeNearest',
  Softmax: 'Int8Softmax',
} as const;

export type Int8Op = (typeof Int8Op)[keyof typeof Int8Op];

/** The operand names of each op, in the order of its graph inputs; a trailing `?` marks an optional one. */
export const INT8_OPERANDS: {readonly [op in Int8Op]: readonly string[]} = {
  Int8Quantize: ['x'],
  Int8Dequantize: ['x'],
  Int8Lookup: ['x', 'table'],
  Int8Conv2D: ['x', 'filter', 'bias', 'filterScale', 'filterZeroPoint', 'activation?'],
  Int8DepthwiseConv2D: ['x', 'filter', 'bias', 'filterScale', 'filterZeroPoint', 'activation?'],
  Int8TransposedConv2D: [
    'x',
    'filter',
    'bias',
    'filterScale',
    'filterZeroPoint',
    'size',
    'activation?',
  ],
  Int8MatMul: ['x', 'filter', 'bias', 'filterScale', 'filterZeroPoint', 'activation?'],
  Int8Add: ['a', 'b'],
  Int8Sub: ['a', 'b'],
  Int8Mul: ['a', 'b'],
  Int8PRelu: ['x', 'slope'],
  Int8MaxPool: ['x'],
  Int8AvgPool: ['x'],
  Int8Mean: ['x'],
  Int8ResizeBilinear: ['x', 'size'],
  Int8ResizeNearest: ['x', 'size'],
  Int8Softmax: ['x', 'exponentials'],
};

/** The grid of an op's result, and the clamp that is applied on it. */
export interface OutputAttrs {
  outScale: number;
  outZeroPoint: number;
  /** Smallest and largest integer of the result: the grid's ends, or those of a fused ReLU. */
  lo: number;
  hi: number;
}

/** The grid of an op's only int8 operand. */
export interface InputAttrs {
  xScale: number;
  xZeroPoint: number;
}

/** q = clamp(⌊x · (1/outScale) + ½⌋ + outZeroPoint) in float32 arithmetic; NaN becomes the zero point. */
export type QuantizeAttrs = OutputAttrs;

/** y = xScale · (q − xZeroPoint), float32. */
export type DequantizeAttrs = InputAttrs;

/**
 * q = table[x + 128]. Any function of one variable, and any change of grid. The table (int32 [256],
 * integers of int8) is a constant of the graph, because Math.exp may differ between engines.
 */
export interface LookupAttrs extends OutputAttrs {
  /** What the table holds, for readers and exporters: 'sigmoid', 'requantize', … */
  function: string;
}

export type PaddingMode = 'SAME' | 'VALID' | 'EXPLICIT';

export interface WindowAttrs {
  /** [height, width] */
  strides: [number, number];
  padding: PaddingMode;
  /** [top, bottom, left, right], for 'EXPLICIT'. */
  explicitPaddings?: [number, number, number, number];
}

/**
 * What follows the multiply-accumulate, one step for all channels c:
 *
 *   acc = bias[c] + Σ (filter − filterZeroPoint[c]) · (x − xZeroPoint)       (4)
 *   q   = ⌊(acc · mantissa[c] + 2^(shift−1)) / 2^shift⌋ + zeroPoint          (3)
 *
 * with mantissa[c] · 2^−shift = xScale · filterScale[c] / outScale computed in float64, then
 *
 *   'none'   clamp to [lo, hi]
 *   'cap'    clamp to [lo, min(hi, activation[c])]: a ReLU6 whose cap equalization has scaled
 *   'prelu'  where acc < 0, (3) with the factor times activation[c] (the slope, any sign); clamp to [lo, hi]
 *   'table'  clamp to [lo, hi], then activation[q + 128]; outScale and outZeroPoint are the grid
 *            before the table, tableScale and tableZeroPoint that of the result
 *   'dequantize'  in place of (3): y = float32(acc) · float32(xScale · filterScale[c]), a float32 tensor;
 *            outScale, outZeroPoint, lo and hi are not used. For the last layers, of all but DepthwiseConv2D
 *
 * bias: int32 [C] on the grid xScale · filterScale[c]. filterScale: float32 [1] or [C];
 * filterZeroPoint: int32 [1] or [C]. activation: int32 [C], float32 [1] or [C], or int32 [256].
 */
export interface AccumulatorAttrs extends InputAttrs, OutputAttrs {
  activation: 'none' | 'cap' | 'prelu' | 'table' | 'dequantize';
  tableScale?: number;
  tableZeroPoint?: number;
}

export interface Conv2DAttrs extends AccumulatorAttrs, WindowAttrs {
  /** [height, width] */
  dilations: [number, number];
}

/**
 * The gradient of a convolution by its image: window, strides and padding are those of a convolution that maps an
 * image of the result's height and width to one of the operand's. Output row o sees input row i through filter row f
 * where o = i · stride + f − padTop, and columns likewise:
 *
 *   acc[o, p, c] = bias[c] + Σ (filter[f, g, c, k] − filterZeroPoint[c]) · (x[i, j, k] − xZeroPoint)
 *
 * `size` is the int32 tensor [4] of the result's shape, of which height and width count.
 */
export interface TransposedConv2DAttrs extends AccumulatorAttrs, WindowAttrs {}

/** x is [..., K], filter [K, N], the result [..., N]. */
export type MatMulAttrs = AccumulatorAttrs;

/**
 * With numpy broadcasting. Add and Sub:
 *
 *   q = ((a − aZeroPoint) · ma ± (b − bZeroPoint) · mb + 2^(shift−1)) >> shift) + outZeroPoint   (5)
 *
 * in int32, ma and mb from {@link addMultipliers}. Mul: (3) on the product, factor aScale · bScale / outScale.
 */
export interface BinaryAttrs extends OutputAttrs {
  aScale: number;
  aZeroPoint: number;
  bScale: number;
  bZeroPoint: number;
}

/** (3) on x − xZeroPoint with factor xScale / outScale, times slope[c] where x < xZeroPoint. slope: float32 [1] or [C]. */
export interface PReluAttrs extends InputAttrs, OutputAttrs {}

/** Padding never wins. The result keeps the operand's grid. */
export interface MaxPoolAttrs extends WindowAttrs {
  /** [height, width] */
  filterSize: [number, number];
}

/** (3) on Σ (x − xZeroPoint) with factor xScale / (outScale · n), n the taps inside the image. */
export interface AvgPoolAttrs extends WindowAttrs, InputAttrs, OutputAttrs {
  filterSize: [number, number];
}

/** As {@link AvgPoolAttrs}, over whole axes. */
export interface MeanAttrs extends InputAttrs, OutputAttrs {
  /** May be negative; empty means all. */
  axes: number[];
  keepDims: boolean;
}

/**
 * The result keeps the operand's grid. `size` is an int32 tensor [2]: height, width.
 *
 * Bilinear: source coordinates in float64, weights w = ⌊fraction · 2^11 + ½⌋ along each axis,
 * q = (Σ q · wy · wx + 2^21) >> 22.                                                            (6)
 */
export interface ResizeAttrs {
  alignCorners: boolean;
  halfPixelCenters: boolean;
}

/**
 * Over the last axis, onto a grid with L = 1 / outScale steps from 0 to 1, L an integer of [2, 256]:
 *
 *   e = exponentials[max − x], q = min(⌊(2 · L · e + Σe) / (2 · Σe)⌋ + outZeroPoint, hi)          (7)
 *
 * No q is below outZeroPoint, so `lo` has no effect.
 *
 * exponentials: int32 [256], ⌊exp(−d · xScale) · 2^20 + ½⌋ for d = 0 … 255.
 */
export type SoftmaxAttrs = OutputAttrs;

export interface Int8Attrs {
  Int8Quantize: QuantizeAttrs;
  Int8Dequantize: DequantizeAttrs;
  Int8Lookup: LookupAttrs;
  Int8Conv2D: Conv2DAttrs;
  Int8DepthwiseConv2D: Conv2DAttrs;
  Int8TransposedConv2D: TransposedConv2DAttrs;
  Int8MatMul: MatMulAttrs;
  Int8Add: BinaryAttrs;
  Int8Sub: BinaryAttrs;
  Int8Mul: BinaryAttrs;
  Int8PRelu: PReluAttrs;
  Int8MaxPool: MaxPoolAttrs;
  Int8AvgPool: AvgPoolAttrs;
  Int8Mean: MeanAttrs;
  Int8ResizeBilinear: ResizeAttrs;
  Int8ResizeNearest: ResizeAttrs;
  Int8Softmax: SoftmaxAttrs;
}
