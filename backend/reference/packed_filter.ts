import type {FilterSpec, FloatStage, OutputStage, PackedFilter} from '../microkernels.js';

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

  /**
   * @param weights filter − zeroPoint[c], in [−255, 255]. Conv2D and matrices [C][H][W][I];
   *   depthwise [H][W][C], which is HWIM flattened
   */
  constructor(
    spec: FilterSpec,
    readonly weights: Int16Array,
  ) {
    this.height = spec.height;
    this.width = spec.width;
    this.inChannels = spec.inChannels;
    this.outChannels = spec.outChannels;
    this.xZeroPoint = spec.xZeroPoint;
    this.stage = 'scale' in spec.stage ? {scale: spec.stage.scale.slice()} : copyStage(spec.stage);
    this.bias = spec.bias.slice();
    this.bytes = weights.byteLength + this.bias.byteLength + stageBytes(spec.stage);
  }
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
  const depth = spec.height * spec.width * spec.inChannels;
  const weights = new Int16Array(depth * spec.outChannels);
  for (let k = 0; k < depth; k++) {
    for (let c = 0; c < spec.outChannels; c++) {
      weights[c * depth + k] = spec.values[k * spec.outChannels + c] - spec.zeroPoint[c];
    }
  }
  return new ReferenceFilter(spec, weights);
}

/** HWOI → [C][H][W][I]. */
export function packTransposedConv2D(spec: FilterSpec): ReferenceFilter {
  const {inChannels, outChannels} = spec;
  const taps = spec.height * spec.width;
  const weights = new Int16Array(spec.values.length);
  for (let tap = 0, i = 0; tap < taps; tap++) {
    for (let c = 0; c < outChannels; c++) {
      const at = (c * taps + tap) * inChannels;
      for (let k = 0; k < inChannels; k++, i++)
        weights[at + k] = spec.values[i] - spec.zeroPoint[c];
    }
  }
  return new ReferenceFilter(spec, weights);
}

/** HWIM stays HWIM: with output channel c = i · multiplier + m it is [H][W][C]. */
export function packDepthwise(spec: FilterSpec): ReferenceFilter {
  const weights = new Int16Array(spec.height * spec.width * spec.outChannels);
  for (let i = 0; i < weights.length; i++) {
    weights[i] = spec.values[i] - spec.zeroPoint[i % spec.outChannels];
  }
  return new ReferenceFilter(spec, weights);
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
