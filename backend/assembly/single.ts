import {weightsAt} from './filter';
import {Requantize} from './requantize';
import {BY_1, BY_8, GROUP, laneOf, MAGIC, Stage, StageGroup} from './stage';
import {FilterSpec, StageSpec} from './structs';

/**
 * Equation (3) in single precision, where that is proven to give its bits:
 *
 *   q = bits(float32(acc') · f + (1.5 · 2^23 + zeroPoint)) − bits(1.5 · 2^23)        acc' = a · acc
 *
 * The sum has a unit of 1, so that adding rounds. Every operation rises or falls steadily with acc, and so does (3): they
 * agree on each accumulator that can come up if they agree on both sides of each of the at most 255 steps of (3), and at
 * both ends. With a = 1 not all channels pass, because float32 has hardly more digits than that takes; f may be a neighbour
 * of the nearest number. But where weights are int16 they have room for a factor a, and each a brings other roundings: so
 * one is searched for.
 *
 * With relaxed SIMD product and sum are rounded once or twice, as the engine likes: the proof uses its own instruction.
 */

/** Of int16 weights. */
export const LARGEST_FACTOR: i32 = 127;

/** Numbers tried for f where a = 1: the nearest, and by turns the next above and below. */
const NEIGHBOURS: i32 = 5;

const LARGEST_WEIGHT: i64 = 32767;
const LARGEST_ACCUMULATOR: i64 = <i64>i32.MAX_VALUE - LARGEST_FACTOR;

/** |acc · mantissa / 2^shift| up to this keeps the sum positive, where floats are ordered as their bits are. */
const LARGEST_RESULT: i64 = 1 << 22;

/** The requantization of one channel, and room to work on it. */
@unmanaged
class Channel {
  mantissa: i64;
  shift: i64;
  zeroPoint: i32;
  lo: i32;
  hi: i32;
  magic: f32;
  largestFactor: i32;
  /** a and f, as far as the search for them has come. */
  factor: i32;
  multiplier: f32;
  /** No accumulator is larger in magnitude. */
  reach: i64;

  /** From accumulator `steps[i]` on, q is `levels[i]` or more: int32 [256] each, the last vector filled up. */
  get steps(): usize {
    return changetype<usize>(this) + offsetof<Channel>();
  }

  get levels(): usize {
    return this.steps + 1024;
  }

  /** (3) */
  exact(acc: i64): i32 {
    const rounded = (acc * this.mantissa + ((<i64>1) << (this.shift - 1))) >> this.shift;
    return this.clamp(<i32>rounded + this.zeroPoint);
  }

  /** (3) in single precision, before the clamp: int32x4. */
  single(acc: v128): v128 {
    const scaled = i32x4.mul(acc, i32x4.splat(this.factor));
    return Requantize.single(scaled, f32x4.splat(this.multiplier), f32x4.splat(this.magic));
  }

  /** @param ulps from the nearest f */
  choose(factor: i32, ulps: i32): void {
    const exact = <f64>this.mantissa / (<f64>factor * <f64>((<i64>1) << this.shift));
    this.factor = factor;
    this.multiplier = reinterpret<f32>(reinterpret<i32>(<f32>exact) + ulps);
  }

  clamp(q: i32): i32 {
    return min(max(q, this.lo), this.hi);
  }
}

/** Σ|w|, max |w|, a and f of eight channels: int32 [8], the last float32 [8]. Followed by a {@link Channel}. */
@unmanaged
class ChannelGroup {
  sum0: v128;
  sum1: v128;
  peak0: v128;
  peak1: v128;
  factor0: v128;
  factor1: v128;
  multiplier0: v128;
  multiplier1: v128;

  get channel(): Channel {
    return changetype<Channel>(changetype<usize>(this) + offsetof<ChannelGroup>());
  }
}

/** Bytes of scratch for {@link trySingle}. */
export function trySingleScratchBytes(): i32 {
  return offsetof<ChannelGroup>() + offsetof<Channel>() + 2048;
}

/**
 * Turns those groups of a stage to single precision that allow it, before their weights are packed.
 *
 * @param stage packed, with its biases
 * @param scratch 16-byte aligned, {@link trySingleScratchBytes} long
 * @param largestFactor up to {@link LARGEST_FACTOR}
 */
export function trySingle(
  stage: Stage,
  spec: StageSpec,
  filter: FilterSpec,
  scratch: usize,
  largestFactor: i32,
): void {
  if (stage.path != BY_1 && stage.path != BY_8) return;
  const group = changetype<ChannelGroup>(scratch);
  const channel = group.channel;
  channel.shift = spec.shift;
  channel.zeroPoint = spec.zeroPoint;
  channel.lo = spec.lo;
  channel.magic = MAGIC + <f32>spec.zeroPoint;
  channel.largestFactor = largestFactor;
  for (let c = 0; c < filter.channels; c += GROUP) {
    const count = min(GROUP, filter.channels - c);
    measureWeights(group, filter, c);
    if (findFactors(group, spec, filter, c, count)) {
      applyFactors(group, changetype<StageGroup>(laneOf(stage, c)));
    }
  }
}

function measureWeights(group: ChannelGroup, filter: FilterSpec, c: i32): void {
  let sum0 = i32x4.splat(0);
  let sum1 = sum0;
  let peak = sum0;
  for (let k = 0; k < filter.depth; k++) {
    const magnitudes = i16x8.abs(weightsAt(filter, k, c));
    sum0 = i32x4.add(sum0, i32x4.extend_low_i16x8_s(magnitudes));
    sum1 = i32x4.add(sum1, i32x4.extend_high_i16x8_s(magnitudes));
    peak = i16x8.max_s(peak, magnitudes);
  }
  group.sum0 = sum0;
  group.sum1 = sum1;
  group.peak0 = i32x4.extend_low_i16x8_s(peak);
  group.peak1 = i32x4.extend_high_i16x8_s(peak);
}

/** Finds a and f of channels c … c + count − 1. @returns whether all have them */
function findFactors(
  group: ChannelGroup,
  spec: StageSpec,
  filter: FilterSpec,
  c: i32,
  count: i32,
): bool {
  const channel = group.channel;
  const input = max(128 + filter.xZeroPoint, 127 - filter.xZeroPoint);
  for (let i = 0; i < count; i++) {
    const lane = changetype<usize>(group) + (i << 2);
    const sum = <i64>load<i32>(lane, offsetof<ChannelGroup>('sum0'));
    channel.mantissa = load<i32>(spec.mantissa + ((c + i) << 2));
    channel.hi = load<i8>(spec.hi + c + i);
    channel.reach = sum * input + abs<i64>(load<i32>(filter.bias + ((c + i) << 2)));
    if (!findFactor(channel, load<i32>(lane, offsetof<ChannelGroup>('peak0')))) return false;
    store<i32>(lane, channel.factor, offsetof<ChannelGroup>('factor0'));
    store<f32>(lane, channel.multiplier, offsetof<ChannelGroup>('multiplier0'));
  }
  return true;
}

/** Biases of unused channels are 0, so that their factors do not count. */
function applyFactors(from: ChannelGroup, to: StageGroup): void {
  to.isSingle = true;
  to.mantissa0 = from.multiplier0;
  to.mantissa1 = from.multiplier1;
  to.factor0 = from.factor0;
  to.factor1 = from.factor1;
  to.bias0 = i32x4.mul(to.bias0, from.factor0);
  to.bias1 = i32x4.mul(to.bias1, from.factor1);
}

/** Chooses the smallest a with which the channel is proven. @returns whether there is one */
function findFactor(channel: Channel, peak: i32): bool {
  const reach = channel.reach;
  if (channel.mantissa < 0) return false;
  if ((reach * channel.mantissa) >> channel.shift > LARGEST_RESULT) return false;
  const room = min(LARGEST_WEIGHT / max(peak, 1), LARGEST_ACCUMULATOR / max<i64>(reach, 1));
  const largest = <i32>min<i64>(room, channel.largestFactor);
  if (largest < 1) return false;
  const bytes = channel.mantissa ? writeSteps(channel) : 0;
  for (let i = 0; i < NEIGHBOURS; i++) {
    channel.choose(1, i & 1 ? (i + 1) >> 1 : -(i >> 1));
    if (isExact(channel, bytes)) return true;
  }
  for (let factor = 3; factor <= largest; factor += 2) {
    channel.choose(factor, 0);
    if (isExact(channel, bytes)) return true;
  }
  return false;
}

function isExact(channel: Channel, bytes: i32): bool {
  return isEndExact(channel, 1) && isEndExact(channel, -1) && areStepsExact(channel, bytes);
}

/** Writes the steps that accumulators of −reach … reach cross. @returns their bytes, in whole vectors */
function writeSteps(channel: Channel): i32 {
  const mantissa = channel.mantissa;
  const unit = (<i64>1) << channel.shift;
  const stride = unit / mantissa;
  const rest = unit % mantissa;
  const product = (2 * <i64>(channel.lo + 1 - channel.zeroPoint) - 1) * (unit >> 1);
  let step = (product > 0 ? product + mantissa - 1 : product) / mantissa;
  let excess = step * mantissa - product;
  let at = 0;
  for (let level = channel.lo + 1; level <= channel.hi && step <= channel.reach; level++) {
    if (step > -channel.reach) {
      store<i32>(channel.steps + at, <i32>step);
      store<i32>(channel.levels + at, level);
      at += 4;
    }
    step += stride;
    excess -= rest;
    if (excess < 0) {
      step++;
      excess += mantissa;
    }
  }
  if (at == 0) return 0;
  const last = load<i32>(channel.steps + at - 4);
  const lastLevel = load<i32>(channel.levels + at - 4);
  for (; at & 15; at += 4) {
    store<i32>(channel.steps + at, last);
    store<i32>(channel.levels + at, lastLevel);
  }
  return at;
}

function isEndExact(channel: Channel, sign: i32): bool {
  const end = sign * <i32>channel.reach;
  const q = i32x4.extract_lane(channel.single(i32x4.splat(end)), 0);
  return channel.clamp(q) == channel.exact(end);
}

/** Whether each step is taken at its accumulator, and not at the one before. */
function areStepsExact(channel: Channel, bytes: i32): bool {
  for (let at = 0; at < bytes; at += 16) {
    const levels = v128.load(channel.levels + at);
    const step = v128.load(channel.steps + at);
    const onIt = channel.single(step);
    const before = channel.single(i32x4.sub(step, i32x4.splat(1)));
    if (v128.any_true(v128.or(i32x4.lt_s(onIt, levels), i32x4.ge_s(before, levels)))) return false;
  }
  return true;
}
