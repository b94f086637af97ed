import {Filter} from './filter';
import {gemm, gemmGroups} from './gemm';
import {lookup} from './lookup';
import {GROUP} from './stage';
import {Widen} from './widen';

/** A block of widened rows stays in the second-level cache while all weights pass over it. */
const BLOCK_BYTES: i32 = 65536;

/** Deep rows come in blocks of so many nevertheless, because every block streams all weights anew. */
const MIN_BLOCK_ROWS: i32 = 32;

/** What {@link Widen} may write past a row. */
const SLACK: i32 = 32;

/** Rows of a block; a multiple of the tile's 4. */
export function blockRows(depth: i32): i32 {
  return max(BLOCK_BYTES / (depth << 1), MIN_BLOCK_ROWS) & ~3;
}

/** Bytes of scratch for {@link matmul}. */
export function gemm_scratch_bytes(filter: Filter): i32 {
  return ((blockRows(filter.depth) * filter.depth) << 1) + SLACK;
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
  const block = blockRows(filter.depth);
  for (let row = begin; row < end; row += block) {
    const count = min(block, end - row);
    widenRows(x + row * depth, scratch, count, depth, filter);
    gemm(scratch, count, filter, y + row * filter.channels * filter.stage.elementBytes);
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
  widenRows(x, scratch, rows, depth, filter);
  gemmGroups(scratch, rows, filter, y, begin, end);
  const table = filter.stage.table;
  if (!table) return;
  const first = begin * GROUP;
  const count = min(end * GROUP, filter.channels) - first;
  for (let row = 0; row < rows; row++) {
    const at = y + row * filter.channels + first;
    lookup(at, table, at, count);
  }
}

/** int8 [rows, depth] → int16 [rows, filter.depth]. */
function widenRows(x: usize, a: usize, rows: i32, depth: i32, filter: Filter): void {
  const zeroPoint = i16x8.splat(<i16>filter.xZeroPoint);
  if (depth == filter.depth) {
    Widen.run(x, a, rows * depth, zeroPoint);
    return;
  }
  for (let row = 0; row < rows; row++) {
    Widen.run(x, a, depth, zeroPoint);
    x += depth;
    a += filter.depth << 1;
  }
}
