import {Filter} from './filter';
import {Lanes} from './lanes';
import {Rows} from './rows';
import {GROUP, StageGroup} from './stage';

/**
 * Eight output channels of all rows, in tiles of 6 × 8 by bytes: twelve accumulators, two weight vectors and one of x are
 * what V8 has of the sixteen registers of x86. Fewer accumulators would wait for each other: a sum takes five cycles, and
 * two begin in each. After the last k comes the pair of int16 of `storeSums`.
 *
 * The last tile begins where it ends with the last row, and so makes some rows again; fewer than six go one by one.
 */
export function gemmGroupInt8<S>(
  a: usize,
  rows: i32,
  filter: Filter,
  weights: usize,
  group: StageGroup,
  y: usize,
  valid: i32,
): void {
  const stride = <usize>Rows.stride(filter);
  const end = weights + <usize>(filter.depth * GROUP);
  const stage = changetype<S>(filter.stage);
  const yStride = <usize>(filter.channels * filter.stage.elementBytes);
  if (rows < 6) {
    for (; rows > 0; rows--, a += stride, y += yStride) {
      gemmRow<S>(a, filter, weights, group, y, valid);
    }
    return;
  }
  for (;;) {
    let a0 = a;
    let a1 = a0 + stride;
    let a2 = a1 + stride;
    let a3 = a2 + stride;
    let a4 = a3 + stride;
    let a5 = a4 + stride;
    let c00 = group.bias0;
    let c01 = group.bias1;
    let c10 = c00;
    let c11 = c01;
    let c20 = c00;
    let c21 = c01;
    let c30 = c00;
    let c31 = c01;
    let c40 = c00;
    let c41 = c01;
    let c50 = c00;
    let c51 = c01;
    let w = weights;
    for (; w < end; w += 32) {
      const w0 = v128.load(w);
      const w1 = v128.load(w, 16);
      let x = v128.load32_splat(a0);
      c00 = Lanes.dotBytes(c00, x, w0);
      c01 = Lanes.dotBytes(c01, x, w1);
      x = v128.load32_splat(a1);
      c10 = Lanes.dotBytes(c10, x, w0);
      c11 = Lanes.dotBytes(c11, x, w1);
      x = v128.load32_splat(a2);
      c20 = Lanes.dotBytes(c20, x, w0);
      c21 = Lanes.dotBytes(c21, x, w1);
      x = v128.load32_splat(a3);
      c30 = Lanes.dotBytes(c30, x, w0);
      c31 = Lanes.dotBytes(c31, x, w1);
      x = v128.load32_splat(a4);
      c40 = Lanes.dotBytes(c40, x, w0);
      c41 = Lanes.dotBytes(c41, x, w1);
      x = v128.load32_splat(a5);
      c50 = Lanes.dotBytes(c50, x, w0);
      c51 = Lanes.dotBytes(c51, x, w1);
      a0 += 4;
      a1 += 4;
      a2 += 4;
      a3 += 4;
      a4 += 4;
      a5 += 4;
    }
    const z0 = v128.load(w);
    const z1 = v128.load(w, 16);
    let n = v128.load32_splat(a0);
    c00 = Lanes.dot(c00, n, z0);
    c01 = Lanes.dot(c01, n, z1);
    n = v128.load32_splat(a1);
    c10 = Lanes.dot(c10, n, z0);
    c11 = Lanes.dot(c11, n, z1);
    n = v128.load32_splat(a2);
    c20 = Lanes.dot(c20, n, z0);
    c21 = Lanes.dot(c21, n, z1);
    n = v128.load32_splat(a3);
    c30 = Lanes.dot(c30, n, z0);
    c31 = Lanes.dot(c31, n, z1);
    n = v128.load32_splat(a4);
    c40 = Lanes.dot(c40, n, z0);
    c41 = Lanes.dot(c41, n, z1);
    n = v128.load32_splat(a5);
    c50 = Lanes.dot(c50, n, z0);
    c51 = Lanes.dot(c51, n, z1);
    stage.writeTwo(y, yStride, c00, c01, c10, c11, group, valid);
    stage.writeTwo(y + 2 * yStride, yStride, c20, c21, c30, c31, group, valid);
    stage.writeTwo(y + 4 * yStride, yStride, c40, c41, c50, c51, group, valid);
    rows -= 6;
    if (rows <= 0) return;
    const step = <usize>min(rows, 6);
    a += step * stride;
    y += step * yStride;
    rows = max(rows, 6);
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
  const end = weights + <usize>(filter.depth * GROUP);
  let even0 = group.bias0;
  let even1 = group.bias1;
  let odd0 = i32x4.splat(0);
  let odd1 = odd0;
  let w = weights;
  for (; w + 32 < end; w += 64, a += 8) {
    let x = v128.load32_splat(a);
    even0 = Lanes.dotBytes(even0, x, v128.load(w));
    even1 = Lanes.dotBytes(even1, x, v128.load(w, 16));
    x = v128.load32_splat(a, 4);
    odd0 = Lanes.dotBytes(odd0, x, v128.load(w, 32));
    odd1 = Lanes.dotBytes(odd1, x, v128.load(w, 48));
  }
  if (w < end) {
    const x = v128.load32_splat(a);
    even0 = Lanes.dotBytes(even0, x, v128.load(w));
    even1 = Lanes.dotBytes(even1, x, v128.load(w, 16));
    a += 4;
  }
  const n = v128.load32_splat(a);
  odd0 = Lanes.dot(odd0, n, v128.load(end));
  odd1 = Lanes.dot(odd1, n, v128.load(end, 16));
  const acc0 = i32x4.add(even0, odd0);
  const acc1 = i32x4.add(even1, odd1);
  changetype<S>(filter.stage).write(y, acc0, acc1, group, valid);
}
