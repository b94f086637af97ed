import {packStage, Stage, stageBytes} from './stage';
import {FilterSpec, StageSpec} from './structs';

/** A packed filter: this header, its output stage, its weights. */
@unmanaged
export class Filter {
  /** Weights per output channel, padded with zeros; gemm: a multiple of 8, depthwise: of 2. */
  depth: i32;
  channels: i32;
  xZeroPoint: i32;
  reserved: i32;
  weights: usize;
  /** Depthwise 3×3: the weights once more, in the order of `depthwise_3x3.ts`; else 0. */
  weights3x3: usize;
  reserved2: i64;

  get stage(): Stage {
    return changetype<Stage>(changetype<usize>(this) + offsetof<Filter>());
  }
}

export function headerBytes(channels: i32): i32 {
  return offsetof<Filter>() + stageBytes(channels);
}

/** Fills in the header and the stage; `bias` may differ from that of `spec`. */
export function packHeader(filter: Filter, spec: FilterSpec, stage: StageSpec, bias: usize): void {
  filter.channels = spec.channels;
  filter.xZeroPoint = spec.xZeroPoint;
  filter.weights = changetype<usize>(filter) + headerBytes(spec.channels);
  packStage(filter.stage, stage, bias, spec.channels);
}

/** Weight k of output channel c, its zero point subtracted: −255 … 255. */
export function weightAt(spec: FilterSpec, k: i32, c: i32): i16 {
  const value = <i32>load<i8>(spec.values + k * spec.channels + c);
  return <i16>(value - load<i32>(spec.zeroPoint + (c << 2)));
}
