import {Filter} from './filter';
import {gemm} from './gemm';
import {ConvGeometry} from './structs';
import {widen} from './widen';

/** A block of widened rows stays in the second-level cache while all weights pass over it. */
const BLOCK_BYTES: i32 = 65536;

/** What {@link widen} may write past a row. */
const SLACK: i32 = 32;

function blockRows(depth: i32): i32 {
  return max(BLOCK_BYTES / (depth << 1), 4) & ~3;
}

/** Bytes of scratch for {@link conv2d} and {@link matmul}. */
export function gemm_scratch_bytes(filter: Filter): i32 {
  return ((blockRows(filter.depth) * filter.depth) << 1) + SLACK;
}

/** x int8 [rows, depth] → y int8 [rows, channels]; depth is that before padding. */
export function matmul(
  x: usize,
  filter: Filter,
  y: usize,
  rows: i32,
  depth: i32,
  scratch: usize,
): void {
  const block = blockRows(filter.depth);
  for (let row = 0; row < rows; row += block) {
    const count = min(block, rows - row);
    widenRows(x + row * depth, scratch, count, depth, filter);
    gemm(scratch, count, filter, y + row * filter.channels);
  }
}

/** int8 [rows, depth] → int16 [rows, filter.depth]. */
function widenRows(x: usize, a: usize, rows: i32, depth: i32, filter: Filter): void {
  const zeroPoint = i16x8.splat(<i16>filter.xZeroPoint);
  if (depth == filter.depth) {
    widen(x, a, rows * depth, zeroPoint);
    return;
  }
  for (let row = 0; row < rows; row++) {
    widen(x, a, depth, zeroPoint);
    x += depth;
    a += filter.depth << 1;
  }
}

/**
 * x int8 NHWC → y int8 NHWC, pixels `begin` … `end` of the batch·outHeight·outWidth: as many at a time as fill a block,
 * so that the image is never unrolled as a whole.
 */
export function conv2d(
  x: usize,
  filter: Filter,
  y: usize,
  geometry: ConvGeometry,
  scratch: usize,
  begin: i32,
  end: i32,
): void {
  const block = blockRows(filter.depth);
  const zeroPoint = i16x8.splat(<i16>filter.xZeroPoint);
  for (let pixel = begin; pixel < end; pixel += block) {
    const count = min(block, end - pixel);
    let a = scratch;
    for (let i = 0; i < count; i++) {
      gatherWindow(x, a, geometry, pixel + i, zeroPoint);
      a += filter.depth << 1;
    }
    gemm(scratch, count, filter, y + pixel * filter.channels);
  }
}

/** The window of one output pixel, widened: int16 [filterHeight, filterWidth, inChannels]. Padding is 0. */
function gatherWindow(
  x: usize,
  a: usize,
  geometry: ConvGeometry,
  pixel: i32,
  zeroPoint: v128,
): void {
  const line = pixel / geometry.outWidth;
  const column = (pixel - line * geometry.outWidth) * geometry.strideWidth - geometry.padLeft;
  const image = line / geometry.outHeight;
  let row = (line - image * geometry.outHeight) * geometry.strideHeight - geometry.padTop;
  const rowBytes = geometry.inWidth * geometry.inChannels;
  const imageAt = x + image * geometry.inHeight * rowBytes;
  for (let fy = 0; fy < geometry.filterHeight; fy++) {
    if (<u32>row >= <u32>geometry.inHeight) {
      memory.fill(a, 0, (geometry.filterWidth * geometry.inChannels) << 1);
    } else {
      gatherRow(imageAt + row * rowBytes, a, geometry, column, zeroPoint);
    }
    a += (geometry.filterWidth * geometry.inChannels) << 1;
    row += geometry.dilationHeight;
  }
}

/** One row of a window, from `column` on. Taps that lie side by side in the image are one run. */
function gatherRow(x: usize, a: usize, geometry: ConvGeometry, column: i32, zeroPoint: v128): void {
  const channels = geometry.inChannels;
  const runs = geometry.dilationWidth == 1 ? 1 : geometry.filterWidth;
  const taps = geometry.dilationWidth == 1 ? geometry.filterWidth : 1;
  for (let run = 0; run < runs; run++) {
    const first = min(max(-column, 0), taps);
    const last = max(min(geometry.inWidth - column, taps), first);
    if (first > 0) memory.fill(a, 0, (first * channels) << 1);
    widen(
      x + (column + first) * channels,
      a + ((first * channels) << 1),
      (last - first) * channels,
      zeroPoint,
    );
    if (last < taps) memory.fill(a + ((last * channels) << 1), 0, ((taps - last) * channels) << 1);
    a += (taps * channels) << 1;
    column += geometry.dilationWidth;
  }
}
