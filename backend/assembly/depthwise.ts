import {sumRow3x3Int16} from './depthwise_3x3_int16';
import {sumRow3x3Int8} from './depthwise_3x3_int8';
import {sumTaps} from './depthwise_taps';
import {Filter} from './filter';
import {lookup} from './lookup';
import {BYTES_3X3, SPLIT} from './pack_depthwise';
import {BYTES, SUM_BYTES} from './planes';
import {openPlaneRing, planeRingBytes, tapBytes} from './row_ring';
import {requantizeRow} from './requantize_row';
import {GROUP} from './stage';
import {ConvGeometry} from './structs';

/** Bytes of scratch for {@link depthwise}. */
export function depthwise_scratch_bytes(geometry: ConvGeometry): i32 {
  return sumBytes(geometry) + tapBytes(geometry, SPLIT) + planeRingBytes(geometry);
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
  const times = filter.isSplit ? SPLIT : 1;
  const fill = filter.xZeroPoint ^ filter.flip;
  const ring = openPlaneRing(taps + tapBytes(geometry, times), x, geometry, fill, filter.flip);
  const rowBytes = geometry.outWidth * filter.channels;
  const is3x3 = filter.weights3x3 != 0 && geometry.strideWidth <= 2 && geometry.dilationWidth == 1;
  for (let line = begin; line < end; line++) {
    ring.locateTaps(ring.advance(line), taps, times);
    let plane: usize = 0;
    for (let i = 0; i * GROUP < filter.channels; i++, plane += ring.planeBytes) {
      if (is3x3 && !filter.stage.groupAt(i).isWide) sum3x3(taps, plane, filter, i, geometry, sums);
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
  const r0 = load<usize>(taps) + plane;
  const r1 = load<usize>(taps, 3 * sizeof<usize>()) + plane;
  const r2 = load<usize>(taps, 6 * sizeof<usize>()) + plane;
  const w = filter.weights3x3 + i * BYTES_3X3;
  const biases = changetype<usize>(filter.stage.groupAt(i));
  const width = geometry.outWidth;
  const stride = geometry.strideWidth;
  if (BYTES) sumRow3x3Int8(r0, r1, r2, w, biases, sums, width, stride);
  else sumRow3x3Int16(r0, r1, r2, w, biases, sums, width, stride);
}
