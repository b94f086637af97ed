import {depthwise3x3Row} from './depthwise_3x3';
import {Filter} from './filter';
import {Lanes} from './lanes';
import {lookup} from './lookup';
import {PAIR_BYTES} from './pack_depthwise';
import {openRowRing, rowRingBytes, tapBytes} from './row_ring';
import {IntegerStage, SingleStage} from './requantize';
import {GROUP, StageGroup} from './stage';
import {ConvGeometry} from './structs';

/** Bytes of scratch for {@link depthwise}. */
export function depthwise_scratch_bytes(geometry: ConvGeometry): i32 {
  return rowRingBytes(geometry) + tapBytes(geometry);
}

/** qs8_qc8w_dwconv: x int8 NHWC → y int8 NHWC, output rows `begin` … `end` of the batch · outHeight. */
export function depthwise(
  x: usize,
  filter: Filter,
  y: usize,
  geometry: ConvGeometry,
  scratch: usize,
  begin: i32,
  end: i32,
): void {
  const taps = scratch;
  const ring = openRowRing(scratch + tapBytes(geometry), x, geometry, filter.xZeroPoint);
  const rowBytes = geometry.outWidth * filter.channels;
  const table = filter.stage.table;
  const is3x3 = filter.weights3x3 != 0 && geometry.strideWidth <= 2 && geometry.dilationWidth == 1;
  for (let line = begin; line < end; line++) {
    const yRow = y + line * rowBytes;
    const top = ring.advance(line);
    if (is3x3) {
      const r1 = ring.row(top + geometry.dilationHeight);
      const r2 = ring.row(top + 2 * geometry.dilationHeight);
      depthwise3x3Row(ring.row(top), r1, r2, filter, yRow, geometry.outWidth, geometry.strideWidth);
    } else {
      ring.locateTaps(top, taps);
      depthwiseRow(taps, filter, yRow, geometry);
    }
    if (table) lookup(yRow, table, yRow, rowBytes);
  }
}

/** One output row, any filter. */
function depthwiseRow(taps: usize, filter: Filter, y: usize, geometry: ConvGeometry): void {
  const channels = filter.channels;
  const bytes = (filter.depth >> 1) * PAIR_BYTES;
  let weights = filter.weights;
  let at = filter.stage.groups;
  for (let c = 0; c < channels; c += GROUP) {
    const group = changetype<StageGroup>(at);
    if (group.isSingle) depthwiseGroup<SingleStage>(taps, filter, weights, group, y, geometry, c);
    else depthwiseGroup<IntegerStage>(taps, filter, weights, group, y, geometry, c);
    weights += bytes;
    at += offsetof<StageGroup>();
  }
}

/** Channels c … c + 7 of a row: two taps at a time, interleaved so that one `dot` takes both. */
function depthwiseGroup<S>(
  taps: usize,
  filter: Filter,
  weights: usize,
  group: StageGroup,
  y: usize,
  geometry: ConvGeometry,
  c: i32,
): void {
  const channels = filter.channels;
  const valid = min(channels - c, GROUP);
  const step = geometry.strideWidth * channels;
  const end = weights + (filter.depth >> 1) * PAIR_BYTES;
  let at = c;
  y += c;
  for (let column = 0; column < geometry.outWidth; column++) {
    let acc0 = group.bias0;
    let acc1 = group.bias1;
    let tap = taps;
    for (let w = weights; w < end; w += PAIR_BYTES, tap += 2 * sizeof<usize>()) {
      const first = v128.load64_zero(load<usize>(tap) + at);
      const second = v128.load64_zero(load<usize>(tap, sizeof<usize>()) + at);
      const pairs = Lanes.interleave(first, second);
      acc0 = Lanes.dot(acc0, i16x8.extend_low_i8x16_s(pairs), v128.load(w));
      acc1 = Lanes.dot(acc1, i16x8.extend_high_i8x16_s(pairs), v128.load(w, 16));
    }
    changetype<S>(filter.stage).write(y, acc0, acc1, group, valid);
    at += step;
    y += channels;
  }
}
