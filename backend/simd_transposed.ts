import type {
  ConvGeometry,
  FilterSpec,
  FloatStage,
  OutputStage,
  PackedFilter,
} from './microkernels.js';
import type {SimdFilter} from './simd_filter.js';
import {geometryFields} from './simd_records.js';

/**
 * A transposed convolution as ordinary ones. Output rows of one phase, o + padTop = i · stride + phase, see the input
 * through the same filter rows, so each phase is a convolution with these, of stride 1. Along a row, strideWidth
 * neighbours are one pixel of it, with that many times the channels: they lie together in y, and see the same input.
 */
export class SimdTransposedFilter implements PackedFilter {
  readonly bytes: number;

  /** @param phases by (o + padTop) mod stride */
  constructor(
    readonly phases: readonly SimdFilter[],
    private readonly strides: readonly [number, number],
    private readonly size: readonly [number, number],
  ) {
    this.bytes = phases.reduce((sum, {bytes}) => sum + bytes, 0);
  }

  /** The record of a call, in the order of `TransposedSpec` of backend/assembly/structs.ts. */
  fields(geometry: ConvGeometry): number[] {
    const {outHeight, outWidth, outChannels, padTop, padLeft} = geometry;
    const [strideHeight, strideWidth] = this.strides;
    const phases = this.phases.flatMap(({offset}, phase) => [
      offset,
      ...geometryFields(this.phaseGeometry(geometry, phase)),
    ]);
    const cropLeft = padLeft % strideWidth;
    return [outHeight, outWidth, outChannels, strideHeight, padTop, cropLeft, ...phases];
  }

  private phaseGeometry(geometry: ConvGeometry, phase: number): ConvGeometry {
    const {outHeight, outWidth, outChannels, padTop, padLeft} = geometry;
    const [strideHeight, strideWidth] = this.strides;
    const [filterHeight, filterWidth] = this.size;
    const firstRow = Math.ceil((padTop - phase) / strideHeight);
    const lastRow = Math.floor((padTop + outHeight - 1 - phase) / strideHeight);
    const firstColumn = Math.floor(padLeft / strideWidth);
    const lastColumn = Math.floor((padLeft + outWidth - 1) / strideWidth);
    const rowTaps = tapCount(filterHeight, strideHeight, phase);
    const columnTaps = tapCount(filterWidth, strideWidth, 0);
    return {
      ...geometry,
      outHeight: lastRow - firstRow + 1,
      outWidth: lastColumn - firstColumn + 1,
      outChannels: strideWidth * outChannels,
      filterHeight: rowTaps,
      filterWidth: columnTaps,
      strideHeight: 1,
      strideWidth: 1,
      dilationHeight: 1,
      dilationWidth: 1,
      padTop: rowTaps - 1 - firstRow,
      padLeft: columnTaps - 1 - firstColumn,
    };
  }
}

/** Filter rows (or columns) phase, phase + stride, …; one of zeros where there is none. */
function tapCount(size: number, stride: number, phase: number): number {
  return Math.max(Math.ceil((size - phase) / stride), 1);
}

/** The filter of each phase, HWIO. Taps that are not in the filter lie on its zero point. */
export function phaseSpecs(spec: FilterSpec, strides: readonly [number, number]): FilterSpec[] {
  return Array.from({length: strides[0]}, (_, phase) => phaseSpec(spec, strides, phase));
}

function phaseSpec(
  spec: FilterSpec,
  [strideHeight, strideWidth]: readonly [number, number],
  phase: number,
): FilterSpec {
  const {inChannels, outChannels} = spec;
  const height = tapCount(spec.height, strideHeight, phase);
  const width = tapCount(spec.width, strideWidth, 0);
  const columns = strideWidth * outChannels;
  const values = new Int8Array(height * width * inChannels * columns);
  for (let i = 0; i < values.length; i++) {
    const column = i % columns;
    const c = column % outChannels;
    const k = Math.floor(i / columns) % inChannels;
    const tap = Math.floor(i / columns / inChannels);
    // The window goes down and right, the filter's rows and columns up and left.
    const fy = phase + (height - 1 - Math.floor(tap / width)) * strideHeight;
    const fx = Math.floor(column / outChannels) + (width - 1 - (tap % width)) * strideWidth;
    const isInside = fy < spec.height && fx < spec.width;
    const at = ((fy * spec.width + fx) * outChannels + c) * inChannels + k;
    values[i] = isInside ? spec.values[at] : spec.zeroPoint[c];
  }
  return {
    values,
    height,
    width,
    inChannels,
    outChannels: columns,
    zeroPoint: repeated(spec.zeroPoint, strideWidth),
    bias: repeated(spec.bias, strideWidth),
    xZeroPoint: spec.xZeroPoint,
    stage: repeatedStage(spec.stage, strideWidth),
  };
}

function repeatedStage(stage: OutputStage | FloatStage, times: number): OutputStage | FloatStage {
  if ('scale' in stage) return {scale: repeated(stage.scale, times)};
  return {
    ...stage,
    mantissa: repeated(stage.mantissa, times),
    negativeMantissa: repeated(stage.negativeMantissa, times),
    hi: repeated(stage.hi, times),
  };
}

function repeated<T extends Int8Array | Int32Array | Float32Array>(values: T, times: number): T {
  const all = new (values.constructor as new (length: number) => T)(times * values.length);
  for (let i = 0; i < times; i++) all.set(values, i * values.length);
  return all;
}
