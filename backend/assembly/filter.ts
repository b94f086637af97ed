import {trySingle, trySingleScratchBytes} from './single';
import {laneOf, packStage, Stage, stageBytes, StageGroup} from './stage';
import {FilterSpec, StageSpec} from './structs';

/** A packed filter: this header, its output stage, its weights. */
@unmanaged
export class Filter {
  /** Weights per output channel, padded with zeros; gemm: a multiple of 4; depthwise: of 2. */
  depth: i32;
  channels: i32;
  xZeroPoint: i32;
  /** Bytes of the weights of 8 channels, and of what is packed with them. */
  groupBytes: i32;
  /** [channels / 8]([depth / run][8][run], …), each of `weightBytes`. */
  weights: usize;
  /** Depthwise 3×3: the weights once more, in the order that its loops take; else 0. */
  weights3x3: usize;
  /** Of bytes: what they of x differ in when they are read as the dot product reads them, 128 or 0. */
  flip: i32;
  /** Of bytes: rows end in a sum, because weights have zero points. */
  takesSums: bool;
  /** 1 for weights as they came, 2 for int16 with their zero points subtracted and times the factors of the stage. */
  weightBytes: u8;
  /** Weights of a channel that lie together: what a dot product adds. */
  run: u8;
  /** Depthwise, bytes: each weight is the sum of three, one `depth` of the spec behind the other. */
  isSplit: bool;

  get stage(): Stage {
    return changetype<Stage>(changetype<usize>(this) + offsetof<Filter>());
  }
}

export function headerBytes(channels: i32): i32 {
  return offsetof<Filter>() + stageBytes(channels);
}

/** Bytes of scratch for {@link packHeader}. */
export function pack_scratch_bytes(): i32 {
  return trySingleScratchBytes();
}

/**
 * Fills in the header and the stage; how the weights lie is left to the caller.
 *
 * @param bias may differ from that of `spec`
 * @param scratch {@link pack_scratch_bytes} long
 * @param largestFactor that weights may be multiplied by; see {@link trySingle}
 */
export function packHeader(
  filter: Filter,
  spec: FilterSpec,
  stage: StageSpec,
  bias: usize,
  scratch: usize,
  largestFactor: i32,
): void {
  filter.channels = spec.channels;
  filter.xZeroPoint = spec.xZeroPoint;
  filter.weights = changetype<usize>(filter) + headerBytes(spec.channels);
  filter.weights3x3 = 0;
  filter.flip = 0;
  filter.takesSums = false;
  filter.isSplit = false;
  packStage(filter.stage, stage, bias, spec.channels);
  trySingle(filter.stage, stage, spec, scratch, largestFactor);
}

/** What the stage wants the weights of channel c multiplied by. */
export function factorAt(filter: Filter, c: i32): i32 {
  return load<i32>(laneOf(filter.stage, c), offsetof<StageGroup>('factor0'));
}

/** The same of channels c … c + 7, c a multiple of 8: int16x8. */
export function factorsAt(filter: Filter, c: i32): v128 {
  const group = changetype<StageGroup>(laneOf(filter.stage, c));
  return i16x8.narrow_i32x4_s(group.factor0, group.factor1);
}

/** Weights k of channels c … c + 7, zero points subtracted: int16x8, −255 … 255. Reads up to 7 bytes past the last. */
export function weightsAt(spec: FilterSpec, k: i32, c: i32): v128 {
  const at = spec.zeroPoint + (c << 2);
  const zeroPoint = i16x8.narrow_i32x4_s(v128.load(at), v128.load(at, 16));
  return i16x8.sub(v128.load8x8_s(spec.values + k * spec.channels + c), zeroPoint);
}

/** Weight k of output channel c, its zero point subtracted: −255 … 255. */
export function weightAt(spec: FilterSpec, k: i32, c: i32): i16 {
  const value = <i32>load<i8>(spec.values + k * spec.channels + c);
  return <i16>(value - load<i32>(spec.zeroPoint + (c << 2)));
}

export function hasZeroPoints(spec: FilterSpec): bool {
  for (let c = 0; c < spec.channels; c++) if (load<i32>(spec.zeroPoint + (c << 2))) return true;
  return false;
}
