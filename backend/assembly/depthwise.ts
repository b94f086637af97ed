import {sumRow3x3} from './depthwise_3x3';
import {Filter} from './filter';
import {Lanes} from './lanes';
import {lookup} from './lookup';
import {PAIR_BYTES, PAIRS_3X3} from './pack_depthwise';
import {PIXEL_BYTES, Planes, SUM_BYTES} from './planes';
import {openPlaneRing, planeRingBytes, tapBytes} from './row_ring';
import {requantizeRow} from './requantize_row';
import {GROUP} from './stage';
import {ConvGeometry} from './structs';

/** Bytes of scratch for {@link depthwise}. */
export function depthwise_scratch_bytes(geometry: ConvGeometry): i32 {
  return sumBytes(geometry) + tapBytes(geometry) + planeRingBytes(geometry);
}

/** Loops take two columns at a time. */
function sumBytes(geometry: ConvGeometry): i32 {
  return ((geometry.outWidth + 1) & ~1) * SUM_BYTES;
}

/**
 * qs8_qc8w_dwconv: x int8 NHWC → y int8 NHWC, output rows `begin` … `end` of the batch · outHeight.
 *
 * Eight channels of a row at a time, first all their sums, then their requantization: together, their constants would
 * not fit into registers.
 */
export function depthwise(
  x: usize,
  filter: Filter,
  y: usize,
  geometry: ConvGeometry,
  scratch: usize,
  begin: i32,
  end: i32,
): void {
  const sums = scratch;
  const taps = sums + sumBytes(geometry);
  const ring = openPlaneRing(taps + tapBytes(geometry), x, geometry, filter.xZeroPoint);
  const rowBytes = geometry.outWidth * filter.channels;
  const is3x3 = filter.weights3x3 != 0 && geometry.strideWidth <= 2 && geometry.dilationWidth == 1;
  for (let line = begin; line < end; line++) {
    ring.locateTaps(ring.advance(line), taps);
    let plane: usize = 0;
    for (let i = 0; i * GROUP < filter.channels; i++, plane += ring.planeBytes) {
      if (is3x3) sum3x3(taps, plane, filter, i, geometry, sums);
      else sumTaps(taps, plane, filter, i, geometry, sums);
      requantizeRow(sums, filter.stage, i, y + line * rowBytes, geometry.outWidth);
    }
  }
  const table = filter.stage.table;
  if (table) lookup(y + begin * rowBytes, table, y + begin * rowBytes, (end - begin) * rowBytes);
}

/** The sums of group i of a row, 3×3. */
function sum3x3(
  taps: usize,
  plane: usize,
  filter: Filter,
  i: i32,
  geometry: ConvGeometry,
  sums: usize,
): void {
  sumRow3x3(
    load<usize>(taps) + plane,
    load<usize>(taps, 3 * sizeof<usize>()) + plane,
    load<usize>(taps, 6 * sizeof<usize>()) + plane,
    filter.weights3x3 + i * PAIRS_3X3 * PAIR_BYTES,
    changetype<usize>(filter.stage.groupAt(i)),
    sums,
    geometry.outWidth,
    geometry.strideWidth,
  );
}

/** As {@link sum3x3}, any filter: two taps of two columns at a time. */
function sumTaps(
  taps: usize,
  plane: usize,
  filter: Filter,
  i: i32,
  geometry: ConvGeometry,
  sums: usize,
): void {
  const group = filter.stage.groupAt(i);
  const step = geometry.strideWidth * PIXEL_BYTES;
  const bytes = (filter.depth >> 1) * PAIR_BYTES;
  const weights = filter.weights + i * bytes;
  const end = weights + bytes;
  for (let width = geometry.outWidth; width > 0; width -= 2) {
    let left0 = group.bias0;
    let left1 = group.bias1;
    let right0 = left0;
    let right1 = left1;
    let tap = taps;
    for (let w = weights; w < end; w += PAIR_BYTES, tap += 2 * sizeof<usize>()) {
      const first = load<usize>(tap) + plane;
      const second = load<usize>(tap, sizeof<usize>()) + plane;
      const w0 = v128.load(w);
      const w1 = v128.load(w, 16);
      let a = v128.load(first);
      let b = v128.load(second);
      left0 = Lanes.dot(left0, Planes.low(a, b), w0);
      left1 = Lanes.dot(left1, Planes.high(a, b), w1);
      a = v128.load(first + step);
      b = v128.load(second + step);
      right0 = Lanes.dot(right0, Planes.low(a, b), w0);
      right1 = Lanes.dot(right1, Planes.high(a, b), w1);
    }
    v128.store(sums, left0);
    v128.store(sums, left1, 16);
    v128.store(sums, right0, SUM_BYTES);
    v128.store(sums, right1, SUM_BYTES + 16);
    sums += 2 * SUM_BYTES;
    plane += 2 * step;
  }
}
