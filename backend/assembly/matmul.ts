import {Filter} from './filter';
import {gemm, gemmBytes, gemmGroups, TILE_ROWS} from './gemm';
import {lookup} from './lookup';
import {GROUP} from './stage';
import {Rows, SPARE_ROWS, VALUE_BYTES} from './rows';

/** A block of rows stays in the second-level cache while all weights pass over it. */
const BLOCK_BYTES: i32 = 65536;

/** Deep rows come in blocks of so many nevertheless, because every block streams all weights anew. */
const MIN_BLOCK_ROWS: i32 = 32;

/** What {@link Rows} may write past a row, and read. */
const SLACK: i32 = 32;

/** Rows of a block, in whole tiles. */
export function blockRows(filter: Filter): i32 {
  const rows = max(BLOCK_BYTES / Rows.stride(filter), MIN_BLOCK_ROWS);
  return rows - (rows % TILE_ROWS);
}

/** Bytes of scratch for {@link matmul}: that of `gemm`, then a block of rows. */
export function gemm_scratch_bytes(filter: Filter): i32 {
  return gemmBytes(filter) + (blockRows(filter) + SPARE_ROWS) * Rows.stride(filter) + SLACK;
}

/**
 * qs8_qc8w_gemm: x int8 [rows, depth] → y int8 [rows, channels], rows `begin` … `end`.
 *
 * @param depth that of x; the filter's own is padded
 */
export function matmul(
  x: usize,
  filter: Filter,
  y: usize,
  depth: i32,
  scratch: usize,
  begin: i32,
  end: i32,
): void {
  const block = blockRows(filter);
  const a = scratch + gemmBytes(filter);
  for (let row = begin; row < end; row += block) {
    const count = min(block, end - row);
    takeRows(x + row * depth, a, count, depth, filter);
    gemm(a, count, filter, y + row * filter.channels * filter.stage.elementBytes, scratch);
  }
}

/** As {@link matmul}, all rows, at most a block of them, of the groups `begin` … `end` of 8 channels. */
export function matmul_channels(
  x: usize,
  filter: Filter,
  y: usize,
  rows: i32,
  depth: i32,
  scratch: usize,
  begin: i32,
  end: i32,
): void {
  const a = scratch + gemmBytes(filter);
  takeRows(x, a, rows, depth, filter);
  gemmGroups(a, rows, filter, y, begin, end, scratch);
  const table = filter.stage.table;
  if (!table) return;
  const first = begin * GROUP;
  const count = min(end * GROUP, filter.channels) - first;
  for (let row = 0; row < rows; row++) {
    const at = y + row * filter.channels + first;
    lookup(at, table, at, count);
  }
}

/** int8 [rows, depth] → rows of gemm. */
function takeRows(x: usize, a: usize, rows: i32, depth: i32, filter: Filter): void {
  const origin = Rows.origin(filter);
  const stride = Rows.stride(filter);
  if (depth * VALUE_BYTES == stride) {
    Rows.run(x, a, rows * depth, origin);
    return;
  }
  let at = a;
  for (let row = 0; row < rows; row++, x += depth, at += stride) Rows.run(x, at, depth, origin);
  Rows.finish(a, rows, filter, depth);
}
