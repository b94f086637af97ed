import {Filter} from './filter';
import {Lanes} from './lanes';
import {lookup} from './lookup';
import {FloatStage, IntegerStage, SingleStage} from './requantize';
import {FLOAT, GROUP, StageGroup} from './stage';

/**
 * qs8_qc8w_gemm: y[r, c] = stage(bias[c] + Σₖ a[r, k] · w[k, c]), accumulators in registers from first to last.
 *
 * Exact while K · 255 · 255 + |bias| < 2^31, which the planner proves.
 *
 * @param a int16 [rows, filter.depth], the zero point subtracted; anything where the filter is padded
 * @param y int8 or float32 [rows, channels]
 */
export function gemm(a: usize, rows: i32, filter: Filter, y: usize): void {
  gemmGroups(a, rows, filter, y, 0, (filter.channels + GROUP - 1) / GROUP);
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
): void {
  const channels = filter.channels;
  const stage = filter.stage;
  const bytes = filter.depth * GROUP * 2;
  let weights = filter.weights + begin * bytes;
  let at = stage.groups + begin * offsetof<StageGroup>();
  for (let c = begin * GROUP; c < min(end * GROUP, channels); c += GROUP) {
    const group = changetype<StageGroup>(at);
    const valid = min(channels - c, GROUP);
    const column = y + c * stage.elementBytes;
    if (group.isSingle) gemmGroup<SingleStage>(a, rows, filter, weights, group, column, valid);
    else if (stage.path == FLOAT)
      gemmGroup<FloatStage>(a, rows, filter, weights, group, column, valid);
    else gemmGroup<IntegerStage>(a, rows, filter, weights, group, column, valid);
    weights += bytes;
    at += offsetof<StageGroup>();
  }
}

/**
 * Eight output channels of all rows, in tiles of 4 × 8: eight accumulators, two weight vectors and one of x fit the
 * sixteen registers of x86. Rows that are left over go one by one.
 */
function gemmGroup<S>(
  a: usize,
  rows: i32,
  filter: Filter,
  weights: usize,
  group: StageGroup,
  y: usize,
  valid: i32,
): void {
  const stride = (<usize>filter.depth) << 1;
  const end = weights + stride * GROUP;
  const stage = changetype<S>(filter.stage);
  const yStride = <usize>(filter.channels * filter.stage.elementBytes);
  for (; rows >= 4; rows -= 4) {
    let a0 = a;
    let a1 = a0 + stride;
    let a2 = a1 + stride;
    let a3 = a2 + stride;
    let c00 = group.bias0;
    let c01 = group.bias1;
    let c10 = c00;
    let c11 = c01;
    let c20 = c00;
    let c21 = c01;
    let c30 = c00;
    let c31 = c01;
    for (let w = weights; w < end; w += 128) {
      let w0 = v128.load(w);
      let w1 = v128.load(w, 16);
      let x = v128.load32_splat(a0);
      c00 = Lanes.dot(c00, x, w0);
      c01 = Lanes.dot(c01, x, w1);
      x = v128.load32_splat(a1);
      c10 = Lanes.dot(c10, x, w0);
      c11 = Lanes.dot(c11, x, w1);
      x = v128.load32_splat(a2);
      c20 = Lanes.dot(c20, x, w0);
      c21 = Lanes.dot(c21, x, w1);
      x = v128.load32_splat(a3);
      c30 = Lanes.dot(c30, x, w0);
      c31 = Lanes.dot(c31, x, w1);

      w0 = v128.load(w, 32);
      w1 = v128.load(w, 48);
      x = v128.load32_splat(a0, 4);
      c00 = Lanes.dot(c00, x, w0);
      c01 = Lanes.dot(c01, x, w1);
      x = v128.load32_splat(a1, 4);
      c10 = Lanes.dot(c10, x, w0);
      c11 = Lanes.dot(c11, x, w1);
      x = v128.load32_splat(a2, 4);
      c20 = Lanes.dot(c20, x, w0);
      c21 = Lanes.dot(c21, x, w1);
      x = v128.load32_splat(a3, 4);
      c30 = Lanes.dot(c30, x, w0);
      c31 = Lanes.dot(c31, x, w1);

      w0 = v128.load(w, 64);
      w1 = v128.load(w, 80);
      x = v128.load32_splat(a0, 8);
      c00 = Lanes.dot(c00, x, w0);
      c01 = Lanes.dot(c01, x, w1);
      x = v128.load32_splat(a1, 8);
      c10 = Lanes.dot(c10, x, w0);
      c11 = Lanes.dot(c11, x, w1);
      x = v128.load32_splat(a2, 8);
      c20 = Lanes.dot(c20, x, w0);
      c21 = Lanes.dot(c21, x, w1);
      x = v128.load32_splat(a3, 8);
      c30 = Lanes.dot(c30, x, w0);
      c31 = Lanes.dot(c31, x, w1);

      w0 = v128.load(w, 96);
      w1 = v128.load(w, 112);
      x = v128.load32_splat(a0, 12);
      c00 = Lanes.dot(c00, x, w0);
      c01 = Lanes.dot(c01, x, w1);
      x = v128.load32_splat(a1, 12);
      c10 = Lanes.dot(c10, x, w0);
      c11 = Lanes.dot(c11, x, w1);
      x = v128.load32_splat(a2, 12);
      c20 = Lanes.dot(c20, x, w0);
      c21 = Lanes.dot(c21, x, w1);
      x = v128.load32_splat(a3, 12);
      c30 = Lanes.dot(c30, x, w0);
      c31 = Lanes.dot(c31, x, w1);

      a0 += 16;
      a1 += 16;
      a2 += 16;
      a3 += 16;
    }
    stage.writeTwo(y, yStride, c00, c01, c10, c11, group, valid);
    stage.writeTwo(y + 2 * yStride, yStride, c20, c21, c30, c31, group, valid);
    a += stride << 2;
    y += yStride << 2;
  }
  for (; rows > 0; rows--) {
    gemmRow<S>(a, filter, weights, group, y, valid);
    a += stride;
    y += yStride;
  }
}

/** One row by eight channels; two accumulators for each vector, because a sum waits for the one before. */
function gemmRow<S>(
  a: usize,
  filter: Filter,
  weights: usize,
  group: StageGroup,
  y: usize,
  valid: i32,
): void {
  const end = weights + ((<usize>filter.depth) << 1) * GROUP;
  let even0 = group.bias0;
  let even1 = group.bias1;
  let odd0 = i32x4.splat(0);
  let odd1 = i32x4.splat(0);
  for (let w = weights; w < end; w += 128, a += 16) {
    let x = v128.load32_splat(a);
    even0 = Lanes.dot(even0, x, v128.load(w));
    even1 = Lanes.dot(even1, x, v128.load(w, 16));
    x = v128.load32_splat(a, 4);
    odd0 = Lanes.dot(odd0, x, v128.load(w, 32));
    odd1 = Lanes.dot(odd1, x, v128.load(w, 48));
    x = v128.load32_splat(a, 8);
    even0 = Lanes.dot(even0, x, v128.load(w, 64));
    even1 = Lanes.dot(even1, x, v128.load(w, 80));
    x = v128.load32_splat(a, 12);
    odd0 = Lanes.dot(odd0, x, v128.load(w, 96));
    odd1 = Lanes.dot(odd1, x, v128.load(w, 112));
  }
  const acc0 = i32x4.add(even0, odd0);
  const acc1 = i32x4.add(even1, odd1);
  changetype<S>(filter.stage).write(y, acc0, acc1, group, valid);
}
