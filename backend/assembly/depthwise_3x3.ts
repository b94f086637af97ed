import {Filter} from './filter';
import {Lanes} from './lanes';
import {PAIRS_3X3, PAIR_BYTES} from './pack_depthwise';
import {IntegerStage, SingleStage} from './requantize';
import {GROUP, StageGroup} from './stage';

/**
 * One output row of a 3×3 depthwise convolution with horizontal stride 1 or 2.
 *
 * Rows 0 and 1 are paired vertically: a pair serves every output that sees its column. Row 2 is paired horizontally.
 * With stride 1 two columns are made at a time: of columns (0, 1) and (2, 3) the left output takes (w6, w7) (w8, 0), the
 * right one (0, w6) (w7, w8). What the last columns of a step have interleaved serves the first ones of the next.
 *
 *   weights: (w0, w3) (w1, w4) (w2, w5) (w6, w7) (w8, 0) (0, w6) (w7, w8), each [8][2] int16
 *
 * @param r0 three rows of int8 [(outWidth − 1) · stride + 3, C], readable for two more pixels
 * @param y int8 [outWidth, C]
 */
export function depthwise3x3Row(
  r0: usize,
  r1: usize,
  r2: usize,
  filter: Filter,
  y: usize,
  outWidth: i32,
  stride: i32,
): void {
  const channels = filter.channels;
  let weights = filter.weights3x3;
  let group = filter.stage.groups;
  for (let c = 0; c < channels; c += GROUP) {
    const record = changetype<StageGroup>(group);
    if (record.isSingle)
      columns<SingleStage>(r0, r1, r2, filter, weights, record, y, outWidth, stride, c);
    else columns<IntegerStage>(r0, r1, r2, filter, weights, record, y, outWidth, stride, c);
    weights += PAIRS_3X3 * PAIR_BYTES;
    group += offsetof<StageGroup>();
  }
}

/** Channels c … c + 7 of a row. */
function columns<S>(
  r0: usize,
  r1: usize,
  r2: usize,
  filter: Filter,
  w: usize,
  group: StageGroup,
  y: usize,
  outWidth: i32,
  stride: i32,
  c: i32,
): void {
  const valid = min(filter.channels - c, GROUP);
  if (stride == 1) columnsBy1<S>(r0 + c, r1 + c, r2 + c, filter, w, group, y + c, outWidth, valid);
  else columnsBy2<S>(r0 + c, r1 + c, r2 + c, filter, w, group, y + c, outWidth, valid);
}

/** Eight channels of a row, stride 2: column 2 of a window is column 0 of the next. */
function columnsBy2<S>(
  r0: usize,
  r1: usize,
  r2: usize,
  filter: Filter,
  w: usize,
  group: StageGroup,
  y: usize,
  outWidth: i32,
  valid: i32,
): void {
  const channels = <usize>filter.channels;
  const stage = changetype<S>(filter.stage);
  let pair = Lanes.interleave(v128.load64_zero(r0), v128.load64_zero(r1));
  let p0 = i16x8.extend_low_i8x16_s(pair);
  let p1 = i16x8.extend_high_i8x16_s(pair);
  for (; outWidth > 0; outWidth--) {
    let acc0 = Lanes.dot(group.bias0, p0, v128.load(w));
    let acc1 = Lanes.dot(group.bias1, p1, v128.load(w, 16));
    r0 += channels;
    r1 += channels;
    pair = Lanes.interleave(v128.load64_zero(r0), v128.load64_zero(r1));
    acc0 = Lanes.dot(acc0, i16x8.extend_low_i8x16_s(pair), v128.load(w, 32));
    acc1 = Lanes.dot(acc1, i16x8.extend_high_i8x16_s(pair), v128.load(w, 48));
    r0 += channels;
    r1 += channels;
    pair = Lanes.interleave(v128.load64_zero(r0), v128.load64_zero(r1));
    p0 = i16x8.extend_low_i8x16_s(pair);
    p1 = i16x8.extend_high_i8x16_s(pair);
    acc0 = Lanes.dot(acc0, p0, v128.load(w, 64));
    acc1 = Lanes.dot(acc1, p1, v128.load(w, 80));
    pair = Lanes.interleave(v128.load64_zero(r2), v128.load64_zero(r2 + channels));
    acc0 = Lanes.dot(acc0, i16x8.extend_low_i8x16_s(pair), v128.load(w, 96));
    acc1 = Lanes.dot(acc1, i16x8.extend_high_i8x16_s(pair), v128.load(w, 112));
    r2 += 2 * channels;
    const last = v128.load64_zero(r2);
    pair = Lanes.interleave(last, last);
    acc0 = Lanes.dot(acc0, i16x8.extend_low_i8x16_s(pair), v128.load(w, 128));
    acc1 = Lanes.dot(acc1, i16x8.extend_high_i8x16_s(pair), v128.load(w, 144));
    stage.write(y, acc0, acc1, group, valid);
    y += channels;
  }
}

/** Eight channels of a row, stride 1, two columns at a time. */
function columnsBy1<S>(
  r0: usize,
  r1: usize,
  r2: usize,
  filter: Filter,
  w: usize,
  group: StageGroup,
  y: usize,
  outWidth: i32,
  valid: i32,
): void {
  const channels = <usize>filter.channels;
  const stage = changetype<S>(filter.stage);
  let pair = Lanes.interleave(v128.load64_zero(r0), v128.load64_zero(r1));
  let p00 = i16x8.extend_low_i8x16_s(pair);
  let p01 = i16x8.extend_high_i8x16_s(pair);
  r0 += channels;
  r1 += channels;
  pair = Lanes.interleave(v128.load64_zero(r0), v128.load64_zero(r1));
  let p10 = i16x8.extend_low_i8x16_s(pair);
  let p11 = i16x8.extend_high_i8x16_s(pair);
  pair = Lanes.interleave(v128.load64_zero(r2), v128.load64_zero(r2 + channels));
  let q0 = i16x8.extend_low_i8x16_s(pair);
  let q1 = i16x8.extend_high_i8x16_s(pair);
  for (; outWidth > 0; outWidth -= 2) {
    let left0 = Lanes.dot(group.bias0, p00, v128.load(w));
    let left1 = Lanes.dot(group.bias1, p01, v128.load(w, 16));
    left0 = Lanes.dot(left0, p10, v128.load(w, 32));
    left1 = Lanes.dot(left1, p11, v128.load(w, 48));
    let right0 = Lanes.dot(group.bias0, p10, v128.load(w));
    let right1 = Lanes.dot(group.bias1, p11, v128.load(w, 16));
    left0 = Lanes.dot(left0, q0, v128.load(w, 96));
    left1 = Lanes.dot(left1, q1, v128.load(w, 112));
    right0 = Lanes.dot(right0, q0, v128.load(w, 160));
    right1 = Lanes.dot(right1, q1, v128.load(w, 176));

    r0 += channels;
    r1 += channels;
    r2 += 2 * channels;
    pair = Lanes.interleave(v128.load64_zero(r2), v128.load64_zero(r2 + channels));
    q0 = i16x8.extend_low_i8x16_s(pair);
    q1 = i16x8.extend_high_i8x16_s(pair);
    pair = Lanes.interleave(v128.load64_zero(r0), v128.load64_zero(r1));
    p00 = i16x8.extend_low_i8x16_s(pair);
    p01 = i16x8.extend_high_i8x16_s(pair);
    left0 = Lanes.dot(left0, q0, v128.load(w, 128));
    left1 = Lanes.dot(left1, q1, v128.load(w, 144));
    right0 = Lanes.dot(right0, q0, v128.load(w, 192));
    right1 = Lanes.dot(right1, q1, v128.load(w, 208));
    left0 = Lanes.dot(left0, p00, v128.load(w, 64));
    left1 = Lanes.dot(left1, p01, v128.load(w, 80));
    right0 = Lanes.dot(right0, p00, v128.load(w, 32));
    right1 = Lanes.dot(right1, p01, v128.load(w, 48));

    r0 += channels;
    r1 += channels;
    pair = Lanes.interleave(v128.load64_zero(r0), v128.load64_zero(r1));
    p10 = i16x8.extend_low_i8x16_s(pair);
    p11 = i16x8.extend_high_i8x16_s(pair);
    right0 = Lanes.dot(right0, p10, v128.load(w, 64));
    right1 = Lanes.dot(right1, p11, v128.load(w, 80));

    if (outWidth > 1) stage.writeTwo(y, channels, left0, left1, right0, right1, group, valid);
    else stage.write(y, left0, left1, group, valid);
    y += 2 * channels;
  }
}
