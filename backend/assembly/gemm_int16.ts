import {Filter} from './filter';
import {Lanes} from './lanes';
import {PAIR_BYTES} from './pack_gemm_int16';
import {GROUP, StageGroup} from './stage';

/** Bytes of the widened weights of one k. */
const WIDE: i32 = 2 * GROUP;

/** From so many rows on, weights are widened first: fewer do not make up for it. */
const WIDENED_ROWS: i32 = 5;

/** Bytes of scratch for {@link gemmGroupInt16}. */
export function wideBytes(filter: Filter): i32 {
  return filter.depth * WIDE;
}

/**
 * Eight output channels of all rows, in tiles of 4 × 8 by int16: eight accumulators, two weight vectors and four of x are
 * what the sixteen registers of x86 hold. Unrolled, the loop is slower: V8 moves the loads of a round to its start, and
 * spills. Rows that are left over go one by one.
 *
 * @param wide 16-byte aligned, {@link wideBytes} long
 */
export function gemmGroupInt16<S>(
  a: usize,
  rows: i32,
  filter: Filter,
  weights: usize,
  group: StageGroup,
  y: usize,
  valid: i32,
  wide: usize,
): void {
  const stride = (<usize>filter.depth) << 1;
  const stage = changetype<S>(filter.stage);
  const yStride = <usize>(filter.channels * filter.stage.elementBytes);
  if (rows < WIDENED_ROWS) {
    if (rows === 4) {
      gemmNarrowTile<S>(a, filter, weights, group, y, valid);
      return;
    }
    for (; rows > 0; rows--, a += stride, y += yStride) {
      gemmNarrowRow<S>(a, filter, weights, group, y, valid);
    }
    return;
  }
  widenWeights(weights, filter.depth, wide);
  const end = wide + wideBytes(filter);
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
    for (let w = wide; w < end; w += 32) {
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
    gemmRow<S>(a, filter, wide, group, y, valid);
    a += stride;
    y += yStride;
  }
}

/** One row by eight channels, from widened weights. */
function gemmRow<S>(
  a: usize,
  filter: Filter,
  weights: usize,
  group: StageGroup,
  y: usize,
  valid: i32,
): void {
  const end = weights + filter.depth * WIDE;
  let acc0 = group.bias0;
  let acc1 = group.bias1;
  for (let w = weights; w < end; w += 64, a += 8) {
    let x = v128.load32_splat(a);
    acc0 = Lanes.dot(acc0, x, v128.load(w));
    acc1 = Lanes.dot(acc1, x, v128.load(w, 16));
    x = v128.load32_splat(a, 4);
    acc0 = Lanes.dot(acc0, x, v128.load(w, 32));
    acc1 = Lanes.dot(acc1, x, v128.load(w, 48));
  }
  changetype<S>(filter.stage).write(y, acc0, acc1, group, valid);
}

/** One row by eight channels, from weights as they are packed: the factors come last. */
function gemmNarrowRow<S>(
  a: usize,
  filter: Filter,
  weights: usize,
  group: StageGroup,
  y: usize,
  valid: i32,
): void {
  const end = weights + <usize>filter.depth * GROUP;
  const zero0 = v128.load(end);
  const zero1 = v128.load(end, 16);
  let acc0 = i32x4.splat(0);
  let acc1 = acc0;
  for (let w = weights; w < end; w += 2 * PAIR_BYTES, a += 8) {
    let x = v128.load32_splat(a);
    acc0 = Lanes.dot(acc0, x, i16x8.sub(v128.load8x8_s(w), zero0));
    acc1 = Lanes.dot(acc1, x, i16x8.sub(v128.load8x8_s(w, 8), zero1));
    x = v128.load32_splat(a, 4);
    acc0 = Lanes.dot(acc0, x, i16x8.sub(v128.load8x8_s(w, 16), zero0));
    acc1 = Lanes.dot(acc1, x, i16x8.sub(v128.load8x8_s(w, 24), zero1));
  }
  const y0 = group.accumulator0(acc0);
  const y1 = group.accumulator1(acc1);
  changetype<S>(filter.stage).write(y, y0, y1, group, valid);
}

/** Four rows by eight channels, from weights as they are packed. */
function gemmNarrowTile<S>(
  a0: usize,
  filter: Filter,
  weights: usize,
  group: StageGroup,
  y: usize,
  valid: i32,
): void {
  const stride = (<usize>filter.depth) << 1;
  const yStride = <usize>(filter.channels * filter.stage.elementBytes);
  const end = weights + <usize>filter.depth * GROUP;
  const zero0 = v128.load(end);
  const zero1 = v128.load(end, 16);
  let a1 = a0 + stride;
  let a2 = a1 + stride;
  let a3 = a2 + stride;
  let c00 = i32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  for (let w = weights; w < end; w += PAIR_BYTES) {
    const w0 = i16x8.sub(v128.load8x8_s(w), zero0);
    const w1 = i16x8.sub(v128.load8x8_s(w, 8), zero1);
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
  const stage = changetype<S>(filter.stage);
  c00 = group.accumulator0(c00);
  c01 = group.accumulator1(c01);
  c10 = group.accumulator0(c10);
  c11 = group.accumulator1(c11);
  stage.writeTwo(y, yStride, c00, c01, c10, c11, group, valid);
  c20 = group.accumulator0(c20);
  c21 = group.accumulator1(c21);
  c30 = group.accumulator0(c30);
  c31 = group.accumulator1(c31);
  stage.writeTwo(y + 2 * yStride, yStride, c20, c21, c30, c31, group, valid);
}

/** The weights of a group: int8 pairs → int16 pairs, zero points subtracted, times the factors. */
function widenWeights(w: usize, depth: i32, wide: usize): void {
  const end = w + <usize>depth * GROUP;
  const zero0 = v128.load(end);
  const zero1 = v128.load(end, 16);
  const factor0 = v128.load(end, 32);
  const factor1 = v128.load(end, 48);
  for (; w < end; w += 2 * PAIR_BYTES, wide += 64) {
    v128.store(wide, i16x8.mul(i16x8.sub(v128.load8x8_s(w), zero0), factor0));
    v128.store(wide, i16x8.mul(i16x8.sub(v128.load8x8_s(w, 8), zero1), factor1), 16);
    v128.store(wide, i16x8.mul(i16x8.sub(v128.load8x8_s(w, 16), zero0), factor0), 32);
    v128.store(wide, i16x8.mul(i16x8.sub(v128.load8x8_s(w, 24), zero1), factor1), 48);
  }
}
