import {weightsAt} from './filter';
import {Requantize} from './requantize';
import {BY_1, BY_8, GROUP, laneOf, MAGIC, MAGIC_BITS, Stage, StageGroup} from './stage';
import {FilterSpec, StageSpec} from './structs';

/**
 * Equation (3) in single precision, where that is proven to give its bits:
 *
 *   q = bits(float32(acc') · f + (1.5 · 2^23 + zeroPoint)) − bits(1.5 · 2^23)        acc' = a · acc
 *
 * The sum has a unit of 1, so that adding rounds. Every operation rises or falls steadily with acc, and so does (3): they
 * agree on each accumulator that can come up if they agree on both sides of each of the at most 255 steps of (3), and at
 * both ends. With a = 1 few channels pass, because float32 has hardly more digits than that takes. But weights are int16
 * with room for a factor a, and each a brings other roundings: so one is searched for. Where weights are bytes there is no
 * room, and float32(acc) is multiplied by a, which costs an instruction.
 */

const LARGEST_FACTOR: i64 = 127;
const LARGEST_WEIGHT: i64 = 32767;
const LARGEST_ACCUMULATOR: i64 = i32.MAX_VALUE - LARGEST_FACTOR;

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
  /** Whether acc' is an integer, or float32(acc) · a. */
  scalesWeights: bool;
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

  single(acc: i32, factor: i32): i32 {
    const product = this.scalesWeights ? <f32>(acc * factor) : <f32>acc * <f32>factor;
    const sum = product * this.multiplier(factor) + this.magic;
    return this.clamp(reinterpret<i32>(sum) - MAGIC_BITS);
  }

  multiplier(factor: i32): f32 {
    return <f32>(<f64>this.mantissa / (<f64>factor * <f64>((<i64>1) << this.shift)));
  }

  private clamp(q: i32): i32 {
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
 * @param scalesWeights whether weights will be multiplied by the factors, or accumulators
 */
export function trySingle(
  stage: Stage,
  spec: StageSpec,
  filter: FilterSpec,
  scratch: usize,
  scalesWeights: bool,
): void {
  if (stage.path != BY_1 && stage.path != BY_8) return;
  const group = changetype<ChannelGroup>(scratch);
  const channel = group.channel;
  channel.shift = spec.shift;
  channel.zeroPoint = spec.zeroPoint;
  channel.lo = spec.lo;
  channel.magic = MAGIC + <f32>spec.zeroPoint;
  channel.scalesWeights = scalesWeights;
  for (let c = 0; c < filter.channels; c += GROUP) {
    const count = min(GROUP, filter.channels - c);
    measureWeights(group, filter, c);
    if (findFactors(group, spec, filter, c, count)) {
      applyFactors(group, changetype<StageGroup>(laneOf(stage, c)), scalesWeights);
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
    const factor = factorOf(channel, load<i32>(lane, offsetof<ChannelGroup>('peak0')));
    if (factor == 0) return false;
    store<i32>(lane, factor, offsetof<ChannelGroup>('factor0'));
    store<f32>(lane, channel.multiplier(factor), offsetof<ChannelGroup>('multiplier0'));
  }
  return true;
}

/** Biases of unused channels are 0, so that their factors do not count. */
function applyFactors(from: ChannelGroup, to: StageGroup, scalesWeights: bool): void {
  to.isSingle = true;
  to.mantissa0 = from.multiplier0;
  to.mantissa1 = from.multiplier1;
  if (!scalesWeights) {
    to.factor0 = f32x4.convert_i32x4_s(from.factor0);
    to.factor1 = f32x4.convert_i32x4_s(from.factor1);
    return;
  }
  to.factor0 = from.factor0;
  to.factor1 = from.factor1;
  to.bias0 = i32x4.mul(to.bias0, from.factor0);
  to.bias1 = i32x4.mul(to.bias1, from.factor1);
}

/** @returns the smallest a for which the channel is proven, or 0 */
function factorOf(channel: Channel, peak: i32): i32 {
  const reach = channel.reach;
  if (channel.mantissa < 0) return 0;
  if ((reach * channel.mantissa) >> channel.shift > LARGEST_RESULT) return 0;
  const room = min(LARGEST_WEIGHT / max(peak, 1), LARGEST_ACCUMULATOR / max<i64>(reach, 1));
  const largest = <i32>(channel.scalesWeights ? min(room, LARGEST_FACTOR) : LARGEST_FACTOR);
  const bytes = channel.mantissa ? writeSteps(channel) : 0;
  for (let factor = 1; factor <= largest; factor += 2) {
    if (areEndsExact(channel, factor) && areStepsExact(channel, bytes, factor)) return factor;
  }
  return 0;
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

function areEndsExact(channel: Channel, factor: i32): bool {
  const reach = <i32>channel.reach;
  return (
    channel.single(reach, factor) == channel.exact(reach) &&
    channel.single(-reach, factor) == channel.exact(-reach)
  );
}

/** Whether each step is taken at its accumulator, and not at the one before. */
function areStepsExact(channel: Channel, bytes: i32, factor: i32): bool {
  const multiplier = f32x4.splat(channel.multiplier(factor));
  const magic = f32x4.splat(channel.magic);
  for (let at = 0; at < bytes; at += 16) {
    const levels = v128.load(channel.levels + at);
    const step = v128.load(channel.steps + at);
    const onIt = Requantize.round(scaled(channel, step, factor), multiplier, magic);
    const previous = i32x4.sub(step, i32x4.splat(1));
    const before = Requantize.round(scaled(channel, previous, factor), multiplier, magic);
    if (v128.any_true(v128.or(i32x4.lt_s(onIt, levels), i32x4.ge_s(before, levels)))) return false;
  }
  return true;
}

/** acc', float32x4 */
function scaled(channel: Channel, acc: v128, factor: i32): v128 {
  return channel.scalesWeights
    ? f32x4.convert_i32x4_s(i32x4.mul(acc, i32x4.splat(factor)))
    : f32x4.mul(f32x4.convert_i32x4_s(acc), f32x4.splat(<f32>factor));
}
