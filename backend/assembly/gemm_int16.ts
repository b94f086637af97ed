import {Filter} from './filter';
import {Lanes} from './lanes';
import {StageGroup, GROUP} from './stage';

/**
 * Eight output channels of all rows, in tiles of 4 × 8 by int16: eight accumulators, two weight vectors and four of x are what the
 * sixteen registers of x86 hold. Unrolled, the loop is slower: V8 moves the loads of a round to its start, and spills.
 * Rows that are left over go one by one.
 */
export function gemmGroupInt16<S>(
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
    for (let w = weights; w < end; w += 32) {
      const w0 = v128.load(w);
      const w1 = v128.load(w, 16);
      const x0 = v128.load32_splat(a0);
      const x1 = v128.load32_splat(a1);
      const x2 = v128.load32_splat(a2);
      const x3 = v128.load32_splat(a3);
      c00 = Lanes.dot(c00, x0, w0);
      c01 = Lanes.dot(c01, x0, w1);
      c10 = Lanes.dot(c10, x1, w0);
      c11 = Lanes.dot(c11, x1, w1);
      c20 = Lanes.dot(c20, x2, w0);
      c21 = Lanes.dot(c21, x2, w1);
      c30 = Lanes.dot(c30, x3, w0);
      c31 = Lanes.dot(c31, x3, w1);
      a0 += 4;
      a1 += 4;
      a2 += 4;
      a3 += 4;
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
