import {Lanes} from './lanes';
import {SUM_BYTES} from './planes';
import {IntegerStage, Requantize, SingleStage} from './requantize';
import {GROUP, Stage, StageGroup} from './stage';

/**
 * Group i of `count` pixels, from sums that lie in memory to int8.
 *
 * @param sums int32 [count, rounded up to even][8]
 * @param y int8 [count, channels]
 */
export function requantizeRow(sums: usize, stage: Stage, i: i32, y: usize, count: i32): void {
  const group = stage.groupAt(i);
  const valid = min(stage.channels - i * GROUP, GROUP);
  y += i * GROUP;
  if (!group.isSingle) writeRow<IntegerStage>(sums, stage, group, y, count, valid);
  else if (valid < GROUP) writeRow<SingleStage>(sums, stage, group, y, count, valid);
  else writeSingleRow(sums, stage, group, y, count);
}

/** One pixel at a time. */
function writeRow<S>(
  sums: usize,
  stage: Stage,
  group: StageGroup,
  y: usize,
  count: i32,
  valid: i32,
): void {
  for (; count > 0; count--, sums += SUM_BYTES, y += stage.channels) {
    changetype<S>(stage).write(y, v128.load(sums), v128.load(sums, 16), group, valid);
  }
}

/** Eight channels in single precision, two pixels at a time: in a loop as small as this the constants stay in registers. */
function writeSingleRow(sums: usize, stage: Stage, group: StageGroup, y: usize, count: i32): void {
  const mantissa0 = group.mantissa0;
  const mantissa1 = group.mantissa1;
  const magic = stage.magic;
  const lo = stage.lo;
  const hi = group.hi;
  const stride = <usize>stage.channels;
  for (; count > 0; count -= 2, sums += 2 * SUM_BYTES, y += 2 * stride) {
    const q0 = i16x8.narrow_i32x4_s(
      Requantize.single(v128.load(sums), mantissa0, magic),
      Requantize.single(v128.load(sums, 16), mantissa1, magic),
    );
    const q1 = i16x8.narrow_i32x4_s(
      Requantize.single(v128.load(sums, 32), mantissa0, magic),
      Requantize.single(v128.load(sums, 48), mantissa1, magic),
    );
    const clamped = Lanes.clamp(i8x16.narrow_i16x8_s(q0, q1), lo, hi);
    v128.store64_lane(y, clamped, 0);
    if (count > 1) v128.store64_lane(y + stride, clamped, 1);
  }
}
