/** What each int8 graph op means for whole tensors: equations (1)–(7) of `src/ops.ts` with shapes. */
import {backend_util} from '@tensorflow/tfjs-core';
import type {
  ConvGeometry,
  FloatStage,
  OutputStage,
  ScalarStage,
} from '../../../backend/microkernels.js';
import type {
  AccumulatorAttrs,
  AvgPoolAttrs,
  BinaryAttrs,
  Conv2DAttrs,
  MaxPoolAttrs,
  MeanAttrs,
  OutputAttrs,
  PReluAttrs,
  QuantizeAttrs,
  SoftmaxAttrs,
  TransposedConv2DAttrs,
  ResizeAttrs,
  WindowAttrs,
} from '../../../src/ops.js';
import * as oracle from './oracle.js';

export interface Values {
  readonly values: Int32Array | Float32Array;
  readonly shape: number[];
}

export type Operands = Readonly<Record<string, Values>>;

export interface Expected {
  readonly values: ArrayLike<number>;
  readonly shape: number[];
}

export const bytesOf = ({values}: Values) => Int8Array.from(values);

/** One shift for all: the largest that keeps every mantissa below 2^31. */
export function multipliers(factors: number[]): {mantissa: Int32Array; shift: number} {
  const largest = factors.reduce(
    (max, factor) => (Math.abs(factor) > max ? Math.abs(factor) : max),
    0,
  );
  let shift = 62;
  while (largest * 2 ** shift >= 2 ** 31) shift--;
  const mantissa = factors.map(factor => Math.floor(factor * 2 ** shift + 0.5));
  return {mantissa: Int32Array.from(mantissa, m => (m > 2147483647 ? 2147483647 : m)), shift};
}

const scalar = (factor: number, {outZeroPoint, lo, hi}: OutputAttrs): ScalarStage => {
  const {mantissa, shift} = multipliers([factor]);
  return {mantissa: mantissa[0], shift, zeroPoint: outZeroPoint, lo, hi};
};

const at = (values: ArrayLike<number>, c: number) => values[values.length === 1 ? 0 : c];

function stageOf(
  operands: Operands,
  attrs: AccumulatorAttrs,
  channels: number,
): OutputStage | FloatStage {
  const activation = (operands['activation'] as Values | undefined)?.values ?? [];
  const each = Array.from({length: channels}, (_, c) => c);
  if (attrs.activation === 'dequantize') {
    const {values} = operands['filterScale'];
    return {scale: Float32Array.from(each, c => attrs.xScale * at(values, c))};
  }
  const factors = each.map(
    c => (attrs.xScale * at(operands['filterScale'].values, c)) / attrs.outScale,
  );
  const slopes = each.map(c => (attrs.activation === 'prelu' ? at(activation, c) : 1));
  const both = multipliers([...factors, ...factors.map((factor, c) => factor * slopes[c])]);
  const caps = each.map(c => (attrs.activation === 'cap' ? at(activation, c) : 127));
  return {
    mantissa: both.mantissa.slice(0, channels),
    negativeMantissa: both.mantissa.slice(channels),
    shift: both.shift,
    zeroPoint: attrs.outZeroPoint,
    lo: attrs.lo,
    hi: Int8Array.from(caps, cap => (cap < attrs.hi ? cap : attrs.hi)),
    table: attrs.activation === 'table' ? Int8Array.from(activation) : undefined,
  };
}

function filterSpec(
  operands: Operands,
  attrs: AccumulatorAttrs,
  sizes: {height: number; width: number; inChannels: number; outChannels: number},
) {
  const channels = Array.from({length: sizes.outChannels}, (_, c) => c);
  return {
    ...sizes,
    values: bytesOf(operands['filter']),
    zeroPoint: Int32Array.from(channels, c => at(operands['filterZeroPoint'].values, c)),
    bias: Int32Array.from(operands['bias'].values),
    xZeroPoint: attrs.xZeroPoint,
    stage: stageOf(operands, attrs, sizes.outChannels),
  };
}

type Shape4D = [number, number, number, number];

/** Window arithmetic is TensorFlow.js's own here. */
function geometryOf(
  shape: number[],
  filter: number[],
  attrs: WindowAttrs & {dilations?: [number, number]},
  depthwise: boolean,
): ConvGeometry {
  const [top, bottom, left, right] = attrs.explicitPaddings ?? [0, 0, 0, 0];
  const explicit: backend_util.ExplicitPadding = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  const pad = attrs.padding === 'SAME' ? 'same' : attrs.padding === 'VALID' ? 'valid' : explicit;
  const info = backend_util.computeConv2DInfo(
    shape as Shape4D,
    filter as Shape4D,
    attrs.strides,
    attrs.dilations ?? 1,
    pad,
    undefined,
    depthwise,
  );
  return {
    batch: info.batchSize,
    inHeight: info.inHeight,
    inWidth: info.inWidth,
    inChannels: info.inChannels,
    outHeight: info.outHeight,
    outWidth: info.outWidth,
    outChannels: info.outChannels,
    filterHeight: filter[0],
    filterWidth: filter[1],
    strideHeight: attrs.strides[0],
    strideWidth: attrs.strides[1],
    dilationHeight: info.dilationHeight,
    dilationWidth: info.dilationWidth,
    padTop: info.padInfo.top,
    padLeft: info.padInfo.left,
  };
}

/** The result of a layer, from its bytes. */
const valuesOf = (bytes: Int8Array, {activation}: AccumulatorAttrs) =>
  activation === 'dequantize' ? new Float32Array(bytes.buffer) : bytes;

const outShape = (g: ConvGeometry) => [g.batch, g.outHeight, g.outWidth, g.outChannels];

export function conv2D(operands: Operands, attrs: Conv2DAttrs): Expected {
  const {x, filter} = operands;
  const g = geometryOf(x.shape, filter.shape, attrs, false);
  const [height, width, inChannels, outChannels] = filter.shape;
  const spec = filterSpec(operands, attrs, {height, width, inChannels, outChannels});
  return {values: valuesOf(oracle.conv2D(bytesOf(x), spec, g), attrs), shape: outShape(g)};
}

export function depthwiseConv2D(operands: Operands, attrs: Conv2DAttrs): Expected {
  const {x, filter} = operands;
  const g = geometryOf(x.shape, filter.shape, attrs, true);
  const [height, width, inChannels, multiplier] = filter.shape;
  const sizes = {height, width, inChannels, outChannels: inChannels * multiplier};
  const spec = filterSpec(operands, attrs, sizes);
  return {values: oracle.depthwiseConv2D(bytesOf(x), spec, g), shape: outShape(g)};
}

/** The geometry is TensorFlow.js's own of the convolution that goes the other way. */
export function transposedConv2D(operands: Operands, attrs: TransposedConv2DAttrs): Expected {
  const {x, filter, size} = operands;
  const [height, width, outChannels, inChannels] = filter.shape;
  const shape = [x.shape[0], size.values[1], size.values[2], outChannels];
  const {inHeight, inWidth, outHeight, outWidth, ...forward} = geometryOf(
    shape,
    filter.shape,
    attrs,
    false,
  );
  const g = {
    ...forward,
    inHeight: outHeight,
    inWidth: outWidth,
    inChannels,
    outHeight: inHeight,
    outWidth: inWidth,
    outChannels,
  };
  const spec = filterSpec(operands, attrs, {height, width, inChannels, outChannels});
  return {values: valuesOf(oracle.transposedConv2D(bytesOf(x), spec, g), attrs), shape};
}

export function matMul(operands: Operands, attrs: AccumulatorAttrs): Expected {
  const {x, filter} = operands;
  const [inChannels, outChannels] = filter.shape;
  const spec = filterSpec(operands, attrs, {height: 1, width: 1, inChannels, outChannels});
  const rows = x.values.length / inChannels;
  return {
    values: valuesOf(oracle.matMul(bytesOf(x), spec, rows), attrs),
    shape: [...x.shape.slice(0, -1), outChannels],
  };
}

/** Element by element of the result, by the numpy rule. */
export function broadcast(
  a: Values,
  b: Values,
  combine: (a: number, b: number) => number,
): Expected {
  const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const size = shape.reduce((product, extent) => product * extent, 1);
  const pick = ({values, shape: own}: Values, index: number[]) => {
    const tail = index.slice(index.length - own.length);
    return values[
      tail.reduce((offset, i, axis) => offset * own[axis] + (own[axis] === 1 ? 0 : i), 0)
    ];
  };
  const values = Array.from({length: size}, (_, flat) => {
    const index: number[] = [];
    for (let axis = shape.length - 1, rest = flat; axis >= 0; axis--) {
      index.unshift(rest % shape[axis]);
      rest = Math.floor(rest / shape[axis]);
    }
    return combine(pick(a, index), pick(b, index));
  });
  return {values, shape};
}

/** (5), the common shift as large as keeps |ma| + |mb| at 2^21, but at most 30. */
export function sum({a, b}: Operands, attrs: BinaryAttrs, sign: 1 | -1): Expected {
  const fa = attrs.aScale / attrs.outScale;
  const fb = (sign * attrs.bScale) / attrs.outScale;
  let shift = 30;
  while (Math.abs(fa) * 2 ** shift + Math.abs(fb) * 2 ** shift >= 2 ** 21) shift--;
  const operands = {
    ...attrs,
    aMantissa: Math.floor(fa * 2 ** shift + 0.5),
    bMantissa: Math.floor(fb * 2 ** shift + 0.5),
    shift,
    zeroPoint: attrs.outZeroPoint,
  };
  return broadcast(a, b, (p, q) => oracle.added(p, q, operands));
}

export function mul({a, b}: Operands, attrs: BinaryAttrs): Expected {
  const stage = scalar((attrs.aScale * attrs.bScale) / attrs.outScale, attrs);
  return broadcast(a, b, (p, q) =>
    oracle.scalarStaged((p - attrs.aZeroPoint) * (q - attrs.bZeroPoint), stage),
  );
}

export function prelu({x, slope}: Operands, attrs: PReluAttrs): Expected {
  const channels = x.shape[x.shape.length - 1];
  const factor = attrs.xScale / attrs.outScale;
  const slopes = Array.from({length: channels}, (_, c) => factor * at(slope.values, c));
  const {mantissa, shift} = multipliers([factor, ...slopes]);
  const stage = {
    mantissa: new Int32Array(channels).fill(mantissa[0]),
    negativeMantissa: mantissa.slice(1),
    shift,
    zeroPoint: attrs.outZeroPoint,
    lo: attrs.lo,
    hi: new Int8Array(channels).fill(attrs.hi),
  };
  const values = oracle.prelu(bytesOf(x), x.values.length / channels, attrs.xZeroPoint, stage);
  return {values, shape: x.shape};
}

export function maxPool({x}: Operands, attrs: MaxPoolAttrs): Expected {
  const channels = x.shape[3];
  const g = geometryOf(x.shape, [...attrs.filterSize, channels, 1], attrs, true);
  return {values: oracle.maxPool(bytesOf(x), {...g, channels}), shape: outShape(g)};
}

export function avgPool({x}: Operands, attrs: AvgPoolAttrs): Expected {
  const channels = x.shape[3];
  const g = geometryOf(x.shape, [...attrs.filterSize, channels, 1], attrs, true);
  const stages = Array.from({length: attrs.filterSize[0] * attrs.filterSize[1]}, (_, i) =>
    scalar(attrs.xScale / (attrs.outScale * (i + 1)), attrs),
  );
  const values = oracle.avgPool(bytesOf(x), {...g, channels}, attrs.xZeroPoint, stages);
  return {values, shape: outShape(g)};
}

/** Sums into the cell that an element's index falls into when the reduced axes are 0. */
export function mean({x}: Operands, attrs: MeanAttrs): Expected {
  const rank = x.shape.length;
  const gone = x.shape.map(
    (_, axis) =>
      attrs.axes.length === 0 || attrs.axes.includes(axis) || attrs.axes.includes(axis - rank),
  );
  const full = x.shape.map((size, axis) => (gone[axis] ? 1 : size));
  const cells = full.reduce((product, size) => product * size, 1);
  const sums = new Array<number>(cells).fill(0);
  x.values.forEach((q, flat) => {
    let [cell, stride, rest] = [0, 1, flat];
    for (let axis = rank - 1; axis >= 0; axis--) {
      if (!gone[axis]) cell += (rest % x.shape[axis]) * stride;
      rest = Math.floor(rest / x.shape[axis]);
      stride *= full[axis];
    }
    sums[cell] += q - attrs.xZeroPoint;
  });
  const stage = scalar(attrs.xScale / (attrs.outScale * (x.values.length / cells)), attrs);
  return {
    values: sums.map(total => oracle.scalarStaged(total, stage)),
    shape: attrs.keepDims ? full : full.filter((_, axis) => !gone[axis]),
  };
}

/** Source coordinate, then the pixel below, the one above, and the weight of the latter in 2^11ths. */
export function resize({x, size}: Operands, attrs: ResizeAttrs, bilinear: boolean): Expected {
  const [batch, inHeight, inWidth, channels] = x.shape;
  const axisOf = (inSize: number, outSize: number) => {
    const axis = {low: [] as number[], high: [] as number[], weight: [] as number[]};
    for (let i = 0; i < outSize; i++) {
      const scale =
        attrs.alignCorners && outSize > 1 ? (inSize - 1) / (outSize - 1) : inSize / outSize;
      const centre = attrs.halfPixelCenters ? (i + 0.5) * scale : i * scale;
      const source = bilinear && attrs.halfPixelCenters ? centre - 0.5 : centre;
      const inside = Math.min(Math.max(source, 0), inSize - 1);
      const nearest = Math.min(
        attrs.alignCorners ? Math.round(source) : Math.floor(source),
        inSize - 1,
      );
      const low = bilinear ? Math.floor(inside) : nearest;
      axis.low.push(low);
      axis.high.push(bilinear ? Math.min(low + 1, inSize - 1) : nearest);
      axis.weight.push(bilinear ? Math.floor((inside - low) * 2048 + 0.5) : 0);
    }
    const ints = (values: number[]) => Int32Array.from(values);
    return {low: ints(axis.low), high: ints(axis.high), weight: ints(axis.weight)};
  };
  const [height, width] = size.values;
  const sizes = {batch, inHeight, inWidth, channels};
  const values = oracle.resize(bytesOf(x), sizes, axisOf(inHeight, height), axisOf(inWidth, width));
  return {values, shape: [batch, height, width, channels]};
}

export function softmax({x, exponentials}: Operands, attrs: SoftmaxAttrs): Expected {
  const channels = x.shape[x.shape.length - 1];
  const rows = x.values.length / channels;
  const table = Int32Array.from(exponentials.values);
  const stage = {levels: 1 / attrs.outScale, zeroPoint: attrs.outZeroPoint, hi: attrs.hi};
  return {values: oracle.softmax(bytesOf(x), rows, channels, table, stage), shape: x.shape};
}

export function quantize({x}: Operands, attrs: QuantizeAttrs): Expected {
  const {outZeroPoint: zeroPoint, lo, hi} = attrs;
  const inverseScale = Math.fround(1 / attrs.outScale);
  const stage = {inverseScale, zeroPoint, lo, hi};
  return {values: Array.from(x.values, v => oracle.quantized(v, stage)), shape: x.shape};
}
