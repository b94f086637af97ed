import type {
  ConvGeometry,
  FilterSpec,
  FloatStage,
  OutputStage,
  PackedFilter,
} from './microkernels.js';
import type {SimdFilter} from './simd_filter.js';
import {geometryFields} from './simd_records.js';

type FilterSize = Pick<FilterSpec, 'height' | 'width' | 'inChannels' | 'outChannels'>;

/**
 * A transposed convolution as ordinary ones. Output rows of one phase, o + padTop = i · stride + phase, see the input
 * through the same filter rows, so each phase is a convolution with these, of stride 1. Along a row, strideWidth
 * neighbours are one pixel of it, with that many times the channels: they lie together in y, and see the same input.
 */
export class SimdTransposedFilter implements PackedFilter {
  readonly bytes: number;
  private readonly size: FilterSize;

  /** @param phases by (o + padTop) mod stride */
  constructor(
    readonly phases: readonly SimdFilter[],
    private readonly strides: readonly [number, number],
    size: FilterSize,
  ) {
    const {height, width, inChannels, outChannels} = size;
    this.size = {height, width, inChannels, outChannels};
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

  /** The values of the whole filter, HWOI, from those of its phases. */
  join(phases: readonly Int8Array[]): Int8Array {
    const {height, width, inChannels, outChannels} = this.size;
    const values = new Int8Array(height * width * inChannels * outChannels);
    phases.forEach((phase, index) => {
      const sources = sourcesOf(this.size, this.strides, index);
      for (let i = 0; i < phase.length; i++) if (sources[i] >= 0) values[sources[i]] = phase[i];
    });
    return values;
  }

  private phaseGeometry(geometry: ConvGeometry, phase: number): ConvGeometry {
    const {outHeight, outWidth, outChannels, padTop, padLeft} = geometry;
    const [strideHeight, strideWidth] = this.strides;
    const {height, width} = this.size;
    const firstRow = Math.ceil((padTop - phase) / strideHeight);
    const lastRow = Math.floor((padTop + outHeight - 1 - phase) / strideHeight);
    const firstColumn = Math.floor(padLeft / strideWidth);
    const lastColumn = Math.floor((padLeft + outWidth - 1) / strideWidth);
    const rowTaps = tapCount(height, strideHeight, phase);
    const columnTaps = tapCount(width, strideWidth, 0);
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

/** Where in the filter, HWOI, each value of a phase's filter, HWIO, comes from; −1 for a tap that is not in it. */
function sourcesOf(
  {height, width, inChannels, outChannels}: FilterSize,
  [strideHeight, strideWidth]: readonly [number, number],
  phase: number,
): Int32Array {
  const rows = tapCount(height, strideHeight, phase);
  const columns = tapCount(width, strideWidth, 0);
  const sources = new Int32Array(rows * columns * inChannels * strideWidth * outChannels);
  return sources.map((_, i) => {
    const channel = i % (strideWidth * outChannels);
    const k = Math.floor(i / (strideWidth * outChannels)) % inChannels;
    const tap = Math.floor(i / (strideWidth * outChannels) / inChannels);
    // The window goes down and right, the filter's rows and columns up and left.
    const fy = phase + (rows - 1 - Math.floor(tap / columns)) * strideHeight;
    const fx = Math.floor(channel / outChannels) + (columns - 1 - (tap % columns)) * strideWidth;
    if (fy >= height || fx >= width) return -1;
    return ((fy * width + fx) * outChannels + (channel % outChannels)) * inChannels + k;
  });
}

function phaseSpec(
  spec: FilterSpec,
  strides: readonly [number, number],
  phase: number,
): FilterSpec {
  const {inChannels, outChannels} = spec;
  const [strideHeight, strideWidth] = strides;
  const height = tapCount(spec.height, strideHeight, phase);
  const width = tapCount(spec.width, strideWidth, 0);
  const values = Int8Array.from(sourcesOf(spec, strides, phase), (source, i) =>
    source < 0 ? spec.zeroPoint[i % outChannels] : spec.values[source],
  );
  return {
    values,
    height,
    width,
    inChannels,
    outChannels: strideWidth * outChannels,
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
