import {Filter} from './filter';
import {gemmGroupInt16, wideBytes} from './gemm_int16';
import {gemmGroupInt8} from './gemm_int8';
import {lookup} from './lookup';
import {FloatStage, IntegerStage, SingleStage} from './requantize';
import {BYTES} from './rows';
import {FLOAT, GROUP, StageGroup} from './stage';

/** Bytes of scratch for {@link gemm}, a multiple of 16. */
export function gemmBytes(filter: Filter): i32 {
  return BYTES ? 0 : wideBytes(filter);
}

/** Rows that a tile takes together. */
export const TILE_ROWS: i32 = BYTES ? 6 : 4;

/**
 * qs8_qc8w_gemm: y[r, c] = stage(bias[c] + Σₖ a[r, k] · w[k, c]), accumulators in registers from first to last.
 *
 * Exact while K · 255 · 255 + |bias| < 2^31, which the planner proves.
 *
 * @param a rows as `rows.ts` makes them; anything where the filter is padded
 * @param y int8 or float32 [rows, channels]
 * @param scratch 16-byte aligned, {@link gemmBytes} long
 */
export function gemm(a: usize, rows: i32, filter: Filter, y: usize, scratch: usize): void {
  gemmGroups(a, rows, filter, y, 0, (filter.channels + GROUP - 1) / GROUP, scratch);
  const table = filter.stage.table;
  if (table) lookup(y, table, y, rows * filter.channels);
}

/** As {@link gemm}, the groups `begin` … `end` of 8 channels, and before the table. */
export function gemmGroups(
  a: usize,
  rows: i32,
  filter: Filter,
  y: usize,
  begin: i32,
  end: i32,
  scratch: usize,
): void {
  const channels = filter.channels;
  const stage = filter.stage;
  const bytes = filter.groupBytes;
  let weights = filter.weights + begin * bytes;
  let at = stage.groups + begin * offsetof<StageGroup>();
  for (let c = begin * GROUP; c < min(end * GROUP, channels); c += GROUP) {
    const group = changetype<StageGroup>(at);
    const valid = min(channels - c, GROUP);
    const column = y + c * stage.elementBytes;
    if (group.isSingle)
      gemmGroup<SingleStage>(a, rows, filter, weights, group, column, valid, scratch);
    else if (stage.path == FLOAT)
      gemmGroup<FloatStage>(a, rows, filter, weights, group, column, valid, scratch);
    else gemmGroup<IntegerStage>(a, rows, filter, weights, group, column, valid, scratch);
    weights += bytes;
    at += offsetof<StageGroup>();
  }
}

/** Eight output channels of all rows. */
function gemmGroup<S>(
  a: usize,
  rows: i32,
  filter: Filter,
  weights: usize,
  group: StageGroup,
  y: usize,
  valid: i32,
  scratch: usize,
): void {
  if (BYTES) gemmGroupInt8<S>(a, rows, filter, weights, group, y, valid);
  else gemmGroupInt16<S>(a, rows, filter, weights, group, y, valid, scratch);
}
