import type {FilterSpec, FloatStage, OutputStage, PackedFilter} from '../microkernels.js';

/** Of value i of a filter: its output channel, and its place among the weights. */
interface Layout {
  channelOf(i: number): number;
  indexOf(i: number): number;
}

/** A filter as the reference keeps it: its own copies, the zero points already subtracted. */
export class ReferenceFilter implements PackedFilter {
  readonly bytes: number;
  readonly height: number;
  readonly width: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly xZeroPoint: number;
  readonly stage: OutputStage | FloatStage;
  readonly bias: Int32Array;
  readonly zeroPoint: Int32Array;

  /**
   * @param weights filter − zeroPoint[c], in [−255, 255]. Conv2D and matrices [C][H][W][I];
   *   depthwise [H][W][C], which is HWIM flattened
   */
  constructor(
    spec: FilterSpec,
    readonly weights: Int16Array,
    readonly layout: Layout,
  ) {
    this.height = spec.height;
    this.width = spec.width;
    this.inChannels = spec.inChannels;
    this.outChannels = spec.outChannels;
    this.xZeroPoint = spec.xZeroPoint;
    this.stage = 'scale' in spec.stage ? {scale: spec.stage.scale.slice()} : copyStage(spec.stage);
    this.bias = spec.bias.slice();
    this.zeroPoint = spec.zeroPoint.slice();
    this.bytes = weights.byteLength + this.bias.byteLength + stageBytes(spec.stage);
  }
}

/** The values that were packed, in their order. */
export function filterValues({weights, zeroPoint, layout}: ReferenceFilter): Int8Array {
  return new Int8Array(weights.length).map(
    (_, i) => weights[layout.indexOf(i)] + zeroPoint[layout.channelOf(i)],
  );
}

/** @throws Error if the filter was packed by another implementation */
export function unpack(filter: PackedFilter): ReferenceFilter {
  if (filter instanceof ReferenceFilter) return filter;
  throw new Error('filter was packed by another implementation');
}

/** What prelu needs, in place of a filter. */
export class ReferenceSlopes implements PackedFilter {
  readonly stage: OutputStage;
  readonly bytes: number;

  constructor(stage: OutputStage) {
    this.stage = {...copyStage(stage), table: undefined};
    this.bytes = stageBytes(stage);
  }
}

/** @throws Error if it was not packed for prelu, or by another implementation */
export function stageOf(slopes: PackedFilter): OutputStage {
  if (slopes instanceof ReferenceSlopes) return slopes.stage;
  throw new Error('filter was packed by another implementation');
}

/** HWIO → [C][H][W][I], so that one output channel's weights lie in a row. */
export function packConv2D(spec: FilterSpec): ReferenceFilter {
  const {height, width, inChannels, outChannels} = spec;
  const depth = height * width * inChannels;
  return pack(spec, {
    channelOf: i => i % outChannels,
    indexOf: i => (i % outChannels) * depth + Math.floor(i / outChannels),
  });
}

/** HWOI → [C][H][W][I]. */
export function packTransposedConv2D(spec: FilterSpec): ReferenceFilter {
  const {height, width, inChannels, outChannels} = spec;
  const channelOf = (i: number) => Math.floor(i / inChannels) % outChannels;
  return pack(spec, {
    channelOf,
    indexOf(i) {
      const tap = Math.floor(i / inChannels / outChannels);
      return (channelOf(i) * height * width + tap) * inChannels + (i % inChannels);
    },
  });
}

/** HWIM stays HWIM: with output channel c = i · multiplier + m it is [H][W][C]. */
export function packDepthwise(spec: FilterSpec): ReferenceFilter {
  return pack(spec, {channelOf: i => i % spec.outChannels, indexOf: i => i});
}

function pack(spec: FilterSpec, layout: Layout): ReferenceFilter {
  const weights = new Int16Array(spec.values.length);
  for (let i = 0; i < weights.length; i++) {
    weights[layout.indexOf(i)] = spec.values[i] - spec.zeroPoint[layout.channelOf(i)];
  }
  return new ReferenceFilter(spec, weights, layout);
}

function copyStage(stage: OutputStage): OutputStage {
  return {
    ...stage,
    mantissa: stage.mantissa.slice(),
    negativeMantissa: stage.negativeMantissa.slice(),
    hi: stage.hi.slice(),
    table: stage.table?.slice(),
  };
}

function stageBytes(stage: OutputStage | FloatStage): number {
  if ('scale' in stage) return stage.scale.byteLength;
  const {mantissa, negativeMantissa, hi, table} = stage;
  return (
    mantissa.byteLength + negativeMantissa.byteLength + hi.byteLength + (table?.byteLength ?? 0)
  );
}
