/**
 * The int8 arithmetic once more, from the equations in `src/ops.ts` and from nothing else: plain loops over
 * integers, sums in float64 (exact: far below 2^53), requantization in BigInt. Speed does not matter here.
 */
import type {
  AddOperands,
  BroadcastPlan,
  ConvGeometry,
  FilterSpec,
  OutputStage,
  PoolGeometry,
  ResizeAxis,
  ScalarStage,
  SoftmaxStage,
} from '../../../backend/microkernels.js';

/** ⌊numerator / denominator⌋, denominator > 0. */
export function floorDivide(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  return quotient * denominator > numerator ? quotient - 1n : quotient;
}

/** (3), without the zero point. */
export function requantized(acc: number, mantissa: number, shift: number): bigint {
  const half = 2n ** BigInt(shift - 1);
  return floorDivide(BigInt(acc) * BigInt(mantissa) + half, 2n ** BigInt(shift));
}

/** Clamped to lo first, to hi last. */
export function clamped(q: bigint, lo: number, hi: number): number {
  const raised = q < BigInt(lo) ? BigInt(lo) : q;
  return Number(raised > BigInt(hi) ? BigInt(hi) : raised);
}

export function staged(acc: number, c: number, stage: OutputStage): number {
  const mantissa = acc >= 0 ? stage.mantissa[c] : stage.negativeMantissa[c];
  const q = requantized(acc, mantissa, stage.shift) + BigInt(stage.zeroPoint);
  const inside = clamped(q, stage.lo, stage.hi[c]);
  return stage.table === undefined ? inside : stage.table[inside + 128];
}

export function scalarStaged(acc: number, stage: ScalarStage): number {
  const q = requantized(acc, stage.mantissa, stage.shift) + BigInt(stage.zeroPoint);
  return clamped(q, stage.lo, stage.hi);
}

/** Float32 steps by way of storage, not of Math.fround. */
export function quantized(
  x: number,
  stage: {inverseScale: number; zeroPoint: number; lo: number; hi: number},
): number {
  const cell = new Float32Array(1);
  cell[0] = x * stage.inverseScale;
  cell[0] = cell[0] + 0.5;
  if (cell[0] !== cell[0]) return stage.zeroPoint;
  if (cell[0] >= 1024) return stage.hi;
  if (cell[0] <= -1024) return stage.lo;
  return clamped(BigInt(Math.floor(cell[0]) + stage.zeroPoint), stage.lo, stage.hi);
}

/** The input rows (or columns) that a window's taps meet; undefined in the padding. */
function tapsAlong(
  at: number,
  taps: number,
  stride: number,
  dilation: number,
  pad: number,
  size: number,
): (number | undefined)[] {
  return Array.from({length: taps}, (_, tap) => {
    const position = at * stride - pad + tap * dilation;
    return position >= 0 && position < size ? position : undefined;
  });
}

function rowTaps(g: Omit<PoolGeometry, 'channels'>, row: number) {
  return tapsAlong(row, g.filterHeight, g.strideHeight, g.dilationHeight, g.padTop, g.inHeight);
}

function columnTaps(g: Omit<PoolGeometry, 'channels'>, column: number) {
  return tapsAlong(column, g.filterWidth, g.strideWidth, g.dilationWidth, g.padLeft, g.inWidth);
}

/** Calls `each` for all [batch, row, column, channel] of a result, in NHWC order, and collects. */
function elements(
  sizes: [number, number, number, number],
  each: (b: number, row: number, column: number, c: number) => number,
): number[] {
  const result: number[] = [];
  for (let b = 0; b < sizes[0]; b++)
    for (let row = 0; row < sizes[1]; row++)
      for (let column = 0; column < sizes[2]; column++)
        for (let c = 0; c < sizes[3]; c++) result.push(each(b, row, column, c));
  return result;
}

const nhwc = (...args: Parameters<typeof elements>) => Int8Array.from(elements(...args));

/** The bytes of the result, int8 or float32, from its accumulators, channels last. */
function finished(accumulators: number[], {stage, outChannels}: FilterSpec): Int8Array {
  const channel = (i: number) => i % outChannels;
  if ('scale' in stage) {
    const [acc, product] = [new Float32Array(1), new Float32Array(accumulators.length)];
    accumulators.forEach((sum, i) => {
      acc[0] = sum;
      product[i] = acc[0] * stage.scale[channel(i)];
    });
    return new Int8Array(product.buffer);
  }
  return Int8Array.from(accumulators, (acc, i) => staged(acc, channel(i), stage));
}

export function conv2D(x: Int8Array, filter: FilterSpec, g: ConvGeometry): Int8Array {
  const filterAt = (fy: number, fx: number, i: number, c: number) =>
    filter.values[((fy * g.filterWidth + fx) * g.inChannels + i) * g.outChannels + c];
  const sizes: [number, number, number, number] = [g.batch, g.outHeight, g.outWidth, g.outChannels];
  const accumulators = elements(sizes, (b, row, column, c) => {
    let acc = filter.bias[c];
    rowTaps(g, row).forEach((inRow, fy) =>
      columnTaps(g, column).forEach((inColumn, fx) => {
        for (let i = 0; i < g.inChannels; i++) {
          const q =
            inRow === undefined || inColumn === undefined
              ? filter.xZeroPoint
              : x[
                  b * g.inHeight * g.inWidth * g.inChannels +
                    inRow * g.inWidth * g.inChannels +
                    inColumn * g.inChannels +
                    i
                ];
          acc += (filterAt(fy, fx, i, c) - filter.zeroPoint[c]) * (q - filter.xZeroPoint);
        }
      }),
    );
    return acc;
  });
  return finished(accumulators, filter);
}

/** Each input pixel adds its products to all the output pixels that it reaches. */
export function transposedConv2D(x: Int8Array, filter: FilterSpec, g: ConvGeometry): Int8Array {
  const size = g.batch * g.outHeight * g.outWidth * g.outChannels;
  const sums = Array.from({length: size}, (_, i) => filter.bias[i % g.outChannels]);
  const sizes: [number, number, number, number] = [g.batch, g.inHeight, g.inWidth, g.inChannels];
  let next = 0;
  elements(sizes, (b, inRow, inColumn, k) => {
    const q = x[next++] - filter.xZeroPoint;
    for (let fy = 0; fy < g.filterHeight; fy++) {
      const row = inRow * g.strideHeight + fy - g.padTop;
      if (row < 0 || row >= g.outHeight) continue;
      for (let fx = 0; fx < g.filterWidth; fx++) {
        const column = inColumn * g.strideWidth + fx - g.padLeft;
        if (column < 0 || column >= g.outWidth) continue;
        for (let c = 0; c < g.outChannels; c++) {
          const w =
            filter.values[((fy * g.filterWidth + fx) * g.outChannels + c) * g.inChannels + k];
          const at = ((b * g.outHeight + row) * g.outWidth + column) * g.outChannels + c;
          sums[at] += (w - filter.zeroPoint[c]) * q;
        }
      }
    }
    return 0;
  });
  return finished(sums, filter);
}

/** A depthwise convolution as the dense one that it is: all other taps of the filter are at its zero point. */
export function depthwiseConv2D(x: Int8Array, filter: FilterSpec, g: ConvGeometry): Int8Array {
  const multiplier = g.outChannels / g.inChannels;
  const dense = new Int8Array(g.filterHeight * g.filterWidth * g.inChannels * g.outChannels);
  for (let tap = 0; tap < g.filterHeight * g.filterWidth; tap++)
    for (let i = 0; i < g.inChannels; i++)
      for (let c = 0; c < g.outChannels; c++) {
        const own = c >= i * multiplier && c < (i + 1) * multiplier;
        const m = c - i * multiplier;
        dense[(tap * g.inChannels + i) * g.outChannels + c] = own
          ? filter.values[(tap * g.inChannels + i) * multiplier + m]
          : filter.zeroPoint[c];
      }
  return conv2D(x, {...filter, values: dense}, g);
}

export function matMul(x: Int8Array, filter: FilterSpec, rows: number): Int8Array {
  const {inChannels: depth, outChannels} = filter;
  const accumulators = elements([1, 1, rows, outChannels], (_b, _one, row, c) => {
    let acc = filter.bias[c];
    for (let k = 0; k < depth; k++) {
      const weight = filter.values[k * outChannels + c] - filter.zeroPoint[c];
      acc += weight * (x[row * depth + k] - filter.xZeroPoint);
    }
    return acc;
  });
  return finished(accumulators, filter);
}

export function binary(
  a: Int8Array,
  b: Int8Array,
  plan: BroadcastPlan,
  combine: (a: number, b: number) => number,
): Int8Array {
  const at = (values: Int8Array, strides: readonly number[], index: number[]) =>
    values[index.reduce((offset, i, axis) => offset + i * strides[axis], 0)];
  return nhwc([1, plan.outer, plan.middle, plan.inner], (_b, ...index) =>
    combine(at(a, plan.aStrides, index), at(b, plan.bStrides, index)),
  );
}

/** (5), one element. */
export function added(a: number, b: number, o: AddOperands): number {
  const sum = (a - o.aZeroPoint) * o.aMantissa + (b - o.bZeroPoint) * o.bMantissa;
  const q = floorDivide(BigInt(sum) + 2n ** BigInt(o.shift - 1), 2n ** BigInt(o.shift));
  return clamped(q + BigInt(o.zeroPoint), o.lo, o.hi);
}

function pooled(x: Int8Array, g: PoolGeometry, combine: (window: number[]) => number): Int8Array {
  return nhwc([g.batch, g.outHeight, g.outWidth, g.channels], (b, row, column, c) => {
    const window: number[] = [];
    for (const inRow of rowTaps(g, row))
      for (const inColumn of columnTaps(g, column))
        if (inRow !== undefined && inColumn !== undefined)
          window.push(x[c + g.channels * (inColumn + g.inWidth * (inRow + g.inHeight * b))]);
    return combine(window);
  });
}

export function maxPool(x: Int8Array, g: PoolGeometry): Int8Array {
  return pooled(x, g, window => [...window].sort((p, q) => q - p)[0]);
}

export function avgPool(
  x: Int8Array,
  g: PoolGeometry,
  xZeroPoint: number,
  stages: readonly ScalarStage[],
): Int8Array {
  return pooled(x, g, window => {
    const sum = window.reduce((total, q) => total + q, 0) - window.length * xZeroPoint;
    return scalarStaged(sum, stages[window.length - 1]);
  });
}

export function mean(
  x: Int8Array,
  sizes: {outer: number; reduced: number; inner: number},
  xZeroPoint: number,
  stage: ScalarStage,
): Int8Array {
  return nhwc([1, 1, sizes.outer, sizes.inner], (_b, _one, outer, inner) => {
    let sum = 0;
    for (let r = 0; r < sizes.reduced; r++)
      sum += x[outer * sizes.reduced * sizes.inner + r * sizes.inner + inner];
    return scalarStaged(sum - sizes.reduced * xZeroPoint, stage);
  });
}

export function prelu(
  x: Int8Array,
  rows: number,
  xZeroPoint: number,
  stage: OutputStage,
): Int8Array {
  const channels = stage.mantissa.length;
  return nhwc([1, 1, rows, channels], (_b, _one, row, c) =>
    staged(x[row * channels + c] - xZeroPoint, c, {...stage, table: undefined}),
  );
}

export function resize(
  x: Int8Array,
  sizes: {batch: number; inHeight: number; inWidth: number; channels: number},
  rows: ResizeAxis,
  columns: ResizeAxis,
): Int8Array {
  const output: [number, number, number, number] = [
    sizes.batch,
    rows.low.length,
    columns.low.length,
    sizes.channels,
  ];
  return nhwc(output, (b, row, column, c) => {
    let sum = 0n;
    for (const [inRow, wy] of neighbours(rows, row))
      for (const [inColumn, wx] of neighbours(columns, column)) {
        const pixel = (b * sizes.inHeight + inRow) * sizes.inWidth + inColumn;
        sum += BigInt(x[pixel * sizes.channels + c]) * BigInt(wy) * BigInt(wx);
      }
    return Number(floorDivide(sum + 2n ** 21n, 2n ** 22n));
  });
}

function neighbours(axis: ResizeAxis, i: number): [number, number][] {
  return [
    [axis.low[i], 2048 - axis.weight[i]],
    [axis.high[i], axis.weight[i]],
  ];
}

export function softmax(
  x: Int8Array,
  rows: number,
  channels: number,
  exponentials: Int32Array,
  {levels, zeroPoint, hi}: SoftmaxStage,
): Int8Array {
  const result: number[] = [];
  for (let row = 0; row < rows; row++) {
    const values = [...x.subarray(row * channels, (row + 1) * channels)];
    const max = values.reduce((largest, q) => (q > largest ? q : largest));
    const e = values.map(q => BigInt(exponentials[max - q]));
    const sum = e.reduce((total, term) => total + term, 0n);
    for (const term of e) {
      const q = Number(floorDivide(BigInt(2 * levels) * term + sum, 2n * sum)) + zeroPoint;
      result.push(q > hi ? hi : q);
    }
  }
  return Int8Array.from(result);
}
