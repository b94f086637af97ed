import {Filter} from './filter';
import {gemm, gemmBytes} from './gemm';
import {blockRows, gemm_scratch_bytes} from './matmul';
import {ConvGeometry} from './structs';
import {MIN_RUN, Rows, VALUE_BYTES} from './rows';

/** Bytes of scratch for {@link conv2d}. */
export function conv2d_scratch_bytes(filter: Filter, geometry: ConvGeometry): i32 {
  return gemm_scratch_bytes(filter) + geometry.filterHeight * sizeof<usize>();
}

/**
 * qs8_qc8w_conv2d: x int8 NHWC → y int8 NHWC, pixels `begin` … `end` of the batch · outHeight · outWidth: as many at a
 * time as fill a block, so that the image is never unrolled as a whole.
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
  const block = blockRows(filter);
  const depth = geometry.filterHeight * geometry.filterWidth * geometry.inChannels;
  const a = scratch + gemmBytes(filter);
  const rows = scratch + gemm_scratch_bytes(filter);
  for (let pixel = begin; pixel < end; pixel += block) {
    const count = min(block, end - pixel);
    gatherBlock(x, a, filter, geometry, rows, pixel, count);
    Rows.finish(a, count, filter, depth);
    gemm(a, count, filter, y + pixel * filter.channels * filter.stage.elementBytes, scratch);
  }
}

/** The windows of `count` output pixels, as rows. */
function gatherBlock(
  x: usize,
  a: usize,
  filter: Filter,
  geometry: ConvGeometry,
  rows: usize,
  pixel: i32,
  count: i32,
): void {
  let line = pixel / geometry.outWidth;
  let column = pixel - line * geometry.outWidth;
  while (count > 0) {
    const part = min(count, geometry.outWidth - column);
    locateRows(x, geometry, line, rows);
    gatherLine(rows, a, filter, geometry, column, part);
    a += part * Rows.stride(filter);
    count -= part;
    column = 0;
    line++;
  }
}

/** The windows of `count` output pixels of one line: those that reach over the sides tap by tap. */
function gatherLine(
  rows: usize,
  a: usize,
  filter: Filter,
  geometry: ConvGeometry,
  column: i32,
  count: i32,
): void {
  const stride = geometry.strideWidth;
  const run = geometry.filterWidth * geometry.inChannels;
  const end = column + count;
  let left = end;
  let right = end;
  if (geometry.dilationWidth == 1 && run >= MIN_RUN) {
    const last = geometry.inWidth - geometry.filterWidth + geometry.padLeft;
    left = min(max((geometry.padLeft + stride - 1) / stride, column), end);
    right = last < 0 ? left : max(min(last / stride + 1, end), left);
  }
  const bytes = Rows.stride(filter);
  for (; column < left; column++, a += bytes) {
    gatherWindow(rows, a, filter, geometry, column * stride - geometry.padLeft);
  }
  if (column < right) {
    gatherRuns(rows, a, filter, geometry, column, right - column);
    a += (right - column) * bytes;
  }
  for (column = right; column < end; column++, a += bytes) {
    gatherWindow(rows, a, filter, geometry, column * stride - geometry.padLeft);
  }
}

/** Windows inside the image: row after row of all of them, because each row of a window is one run. */
function gatherRuns(
  rows: usize,
  a: usize,
  filter: Filter,
  geometry: ConvGeometry,
  column: i32,
  count: i32,
): void {
  const step = geometry.strideWidth * geometry.inChannels;
  const run = geometry.filterWidth * geometry.inChannels;
  const offset = column * step - geometry.padLeft * geometry.inChannels;
  const bytes = Rows.stride(filter);
  const origin = Rows.origin(filter);
  const end = rows + geometry.filterHeight * sizeof<usize>();
  for (; rows < end; rows += sizeof<usize>(), a += run * VALUE_BYTES) {
    const row = load<usize>(rows);
    let y = a;
    if (row == 0) {
      for (let i = 0; i < count; i++, y += bytes) Rows.pad(y, run, filter);
    } else {
      let x = row + offset;
      for (let i = 0; i < count; i++, x += step, y += bytes) Rows.exactRun(x, y, run, origin);
    }
  }
}

/** The addresses of the input rows that an output line sees, 0 for those in the padding. */
function locateRows(x: usize, geometry: ConvGeometry, line: i32, rows: usize): void {
  const image = line / geometry.outHeight;
  let row = (line - image * geometry.outHeight) * geometry.strideHeight - geometry.padTop;
  const rowBytes = geometry.inWidth * geometry.inChannels;
  for (let fy = 0; fy < geometry.filterHeight; fy++) {
    const isInside = <u32>row < <u32>geometry.inHeight;
    const at = x + (image * geometry.inHeight + row) * rowBytes;
    store<usize>(rows + fy * sizeof<usize>(), isInside ? at : 0);
    row += geometry.dilationHeight;
  }
}

/** The window of one output pixel: [filterHeight, filterWidth, inChannels]. */
function gatherWindow(
  rows: usize,
  a: usize,
  filter: Filter,
  geometry: ConvGeometry,
  column: i32,
): void {
  const width = geometry.filterWidth;
  const count = width * geometry.inChannels;
  const isRun = geometry.dilationWidth == 1 && column >= 0 && column + width <= geometry.inWidth;
  const offset = column * geometry.inChannels;
  const origin = Rows.origin(filter);
  for (
    const end = rows + geometry.filterHeight * sizeof<usize>();
    rows < end;
    rows += sizeof<usize>()
  ) {
    const row = load<usize>(rows);
    if (row == 0) Rows.pad(a, count, filter);
    else if (isRun) Rows.run(row + offset, a, count, origin);
    else gatherTaps(row, a, filter, geometry, column);
    a += count * VALUE_BYTES;
  }
}

/** One row of a window, tap by tap: at the sides of the image, or dilated. */
function gatherTaps(
  row: usize,
  a: usize,
  filter: Filter,
  geometry: ConvGeometry,
  column: i32,
): void {
  const channels = geometry.inChannels;
  const origin = Rows.origin(filter);
  for (let fx = 0; fx < geometry.filterWidth; fx++) {
    if (<u32>column < <u32>geometry.inWidth) Rows.run(row + column * channels, a, channels, origin);
    else Rows.pad(a, channels, filter);
    a += channels * VALUE_BYTES;
    column += geometry.dilationWidth;
  }
}
