import {Lanes} from './lanes';
import {PIXEL_BYTES, Planes, SUM_BYTES} from './planes';

/** Four channels of a pixel, of weights, and of biases and sums. */
const HALF_PIXEL: usize = PIXEL_BYTES / 2;
const HALF_SUM: usize = SUM_BYTES / 2;

/**
 * The sums of eight channels of one output row of a 3×3 depthwise convolution with horizontal stride 1 or 2: int32
 * [width][8]. Two columns at a time, so an odd width is rounded up.
 *
 * Rows 0 and 1 are paired vertically: a pair serves every output that sees its column. Row 2 is paired horizontally:
 * with stride 1, of columns (0, 1) and (2, 3) the left output takes (w6, w7) (w8, 0), the right one (0, w6) (w7, w8);
 * with stride 2 every output takes (w6, w7) (w8, 0). What the last columns of a step have paired serves the first ones
 * of the next. Four channels after the other four, because the weights of eight would not fit into registers.
 *
 * @param r0 three rows of a plane; see `planes.ts`
 * @param w (w0, w3) (w1, w4) (w2, w5) (w6, w7) (w8, 0) (0, w6) (w7, w8), each [8][2] int16
 * @param biases int32 [8]
 */
export function sumRow3x3Int16(
  r0: usize,
  r1: usize,
  r2: usize,
  w: usize,
  biases: usize,
  sums: usize,
  width: i32,
  stride: i32,
): void {
  for (const end = sums + SUM_BYTES; sums < end; sums += HALF_SUM) {
    const bias = v128.load(biases);
    if (stride == 1) columnsBy1(r0, r1, r2, w, bias, sums, width);
    else columnsBy2(r0, r1, r2, w, bias, sums, width);
    r0 += HALF_PIXEL;
    r1 += HALF_PIXEL;
    r2 += HALF_PIXEL;
    w += HALF_SUM;
    biases += HALF_SUM;
  }
}

/** Four channels, stride 1. */
function columnsBy1(
  r0: usize,
  r1: usize,
  r2: usize,
  w: usize,
  bias: v128,
  sums: usize,
  width: i32,
): void {
  const w03 = v128.load(w);
  const w14 = v128.load(w, 32);
  const w25 = v128.load(w, 64);
  const w67 = v128.load(w, 96);
  const w8 = v128.load(w, 128);
  const w6 = v128.load(w, 160);
  const w78 = v128.load(w, 192);
  let p0 = Planes.low(v128.load64_zero(r0), v128.load64_zero(r1));
  let p1 = Planes.low(v128.load64_zero(r0 + PIXEL_BYTES), v128.load64_zero(r1 + PIXEL_BYTES));
  let q = Planes.low(v128.load64_zero(r2), v128.load64_zero(r2 + PIXEL_BYTES));
  for (; width > 0; width -= 2) {
    let left = Lanes.dot(bias, p0, w03);
    let right = Lanes.dot(bias, p1, w03);
    left = Lanes.dot(left, p1, w14);
    left = Lanes.dot(left, q, w67);
    right = Lanes.dot(right, q, w6);
    p0 = Planes.low(v128.load64_zero(r0 + 2 * PIXEL_BYTES), v128.load64_zero(r1 + 2 * PIXEL_BYTES));
    q = Planes.low(v128.load64_zero(r2 + 2 * PIXEL_BYTES), v128.load64_zero(r2 + 3 * PIXEL_BYTES));
    left = Lanes.dot(left, p0, w25);
    left = Lanes.dot(left, q, w8);
    v128.store(sums, left);
    p1 = Planes.low(v128.load64_zero(r0 + 3 * PIXEL_BYTES), v128.load64_zero(r1 + 3 * PIXEL_BYTES));
    right = Lanes.dot(right, p0, w14);
    right = Lanes.dot(right, q, w78);
    right = Lanes.dot(right, p1, w25);
    v128.store(sums, right, SUM_BYTES);
    r0 += 2 * PIXEL_BYTES;
    r1 += 2 * PIXEL_BYTES;
    r2 += 2 * PIXEL_BYTES;
    sums += 2 * SUM_BYTES;
  }
}

/** Four channels, stride 2. */
function columnsBy2(
  r0: usize,
  r1: usize,
  r2: usize,
  w: usize,
  bias: v128,
  sums: usize,
  width: i32,
): void {
  const w03 = v128.load(w);
  const w14 = v128.load(w, 32);
  const w25 = v128.load(w, 64);
  const w67 = v128.load(w, 96);
  const w8 = v128.load(w, 128);
  let p = Planes.low(v128.load64_zero(r0), v128.load64_zero(r1));
  let q = Planes.low(v128.load64_zero(r2), v128.load64_zero(r2 + PIXEL_BYTES));
  for (; width > 0; width -= 2) {
    let left = Lanes.dot(bias, p, w03);
    left = Lanes.dot(left, q, w67);
    left = Lanes.dot(
      left,
      Planes.low(v128.load64_zero(r0 + PIXEL_BYTES), v128.load64_zero(r1 + PIXEL_BYTES)),
      w14,
    );
    p = Planes.low(v128.load64_zero(r0 + 2 * PIXEL_BYTES), v128.load64_zero(r1 + 2 * PIXEL_BYTES));
    q = Planes.low(v128.load64_zero(r2 + 2 * PIXEL_BYTES), v128.load64_zero(r2 + 3 * PIXEL_BYTES));
    left = Lanes.dot(left, p, w25);
    left = Lanes.dot(left, q, w8);
    v128.store(sums, left);
    let right = Lanes.dot(bias, p, w03);
    right = Lanes.dot(right, q, w67);
    right = Lanes.dot(
      right,
      Planes.low(v128.load64_zero(r0 + 3 * PIXEL_BYTES), v128.load64_zero(r1 + 3 * PIXEL_BYTES)),
      w14,
    );
    p = Planes.low(v128.load64_zero(r0 + 4 * PIXEL_BYTES), v128.load64_zero(r1 + 4 * PIXEL_BYTES));
    q = Planes.low(v128.load64_zero(r2 + 4 * PIXEL_BYTES), v128.load64_zero(r2 + 5 * PIXEL_BYTES));
    right = Lanes.dot(right, p, w25);
    right = Lanes.dot(right, q, w8);
    v128.store(sums, right, SUM_BYTES);
    r0 += 4 * PIXEL_BYTES;
    r1 += 4 * PIXEL_BYTES;
    r2 += 4 * PIXEL_BYTES;
    sums += 2 * SUM_BYTES;
  }
}
