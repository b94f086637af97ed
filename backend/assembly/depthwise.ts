import {sumRow3x3Int16} from './depthwise_3x3_int16';
import {sumRow3x3Int8} from './depthwise_3x3_int8';
import {sumTaps} from './depthwise_taps';
import {Filter} from './filter';
import {lookup} from './lookup';
import {BYTES_3X3, PART_BYTES_3X3, PARTS_3X3, SPLIT} from './pack_depthwise';
import {BYTES, SUM_BYTES} from './planes';
import {openPlaneRing, planeRingBytes, tapBytes} from './row_ring';
import {requantizeRow} from './requantize_row';
import {GROUP} from './stage';
import {ConvGeometry} from './structs';

/** int32 [8] */
const NO_BIASES = memory.data<i32>([0, 0, 0, 0, 0, 0, 0, 0]);

/** Bytes of scratch for {@link depthwise}. */
export function depthwise_scratch_bytes(geometry: ConvGeometry): i32 {
  return PARTS_3X3 * sumBytes(geometry) + tapBytes(geometry, SPLIT) + planeRingBytes(geometry);
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
  const taps = sums + PARTS_3X3 * sumBytes(geometry);
  const times = filter.isSplit ? SPLIT : 1;
  const fill = filter.xZeroPoint ^ filter.flip;
  const ring = openPlaneRing(taps + tapBytes(geometry, times), x, geometry, fill, filter.flip);
  const rowBytes = geometry.outWidth * filter.channels;
  const is3x3 = filter.weights3x3 != 0 && geometry.strideWidth <= 2 && geometry.dilationWidth == 1;
  for (let line = begin; line < end; line++) {
    ring.locateTaps(ring.advance(line), taps, times);
    let plane: usize = 0;
    for (let i = 0; i * GROUP < filter.channels; i++, plane += ring.planeBytes) {
      if (is3x3 && filter.stage.groupAt(i).parts <= PARTS_3X3)
        sum3x3(taps, plane, filter, i, geometry, sums);
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
  const group = filter.stage.groupAt(i);
  const biases = changetype<usize>(group);
  const width = geometry.outWidth;
  const stride = geometry.strideWidth;
  if (BYTES) sumRow3x3Int8(r0, r1, r2, w, biases, sums, width, stride);
  else sumRow3x3Int16(r0, r1, r2, w, biases, sums, width, stride);
  if (BYTES && group.parts == 2) {
    const more = sums + sumBytes(geometry);
    sumRow3x3Int8(r0, r1, r2, w + PART_BYTES_3X3, NO_BIASES, more, width, stride);
    addSums(sums, more, sumBytes(geometry));
  }
}

function addSums(sums: usize, more: usize, bytes: usize): void {
  for (const end = sums + bytes; sums < end; sums += 16, more += 16)
    v128.store(sums, i32x4.add(v128.load(sums), v128.load(more)));
}
