import {Lanes} from './lanes';
import {PIXEL_BYTES, Planes, SUM_BYTES} from './planes';

/**
 * As `depthwise_3x3_int16.ts`, from bytes: the three rows of a column share the four places of a lane, so that an output
 * takes three dot products, and a column serves all outputs that see it.
 *
 * @param r0 three rows of a plane; see `planes.ts`
 * @param w (w0, w3, w6, 0) (w1, w4, w7, 0) (w2, w5, w8, 0), each [8][4] int8
 * @param biases int32 [8]
 */
export function sumRow3x3Int8(
  r0: usize,
  r1: usize,
  r2: usize,
  w: usize,
  biases: usize,
  sums: usize,
  width: i32,
  stride: i32,
): void {
  if (stride == 1) columnsBy1(r0, r1, r2, w, biases, sums, width);
  else columnsBy2(r0, r1, r2, w, biases, sums, width);
}

/** Two columns at a time: a column is the last of one output, the middle of the next and the first of the one after. */
function columnsBy1(
  r0: usize,
  r1: usize,
  r2: usize,
  w: usize,
  biases: usize,
  sums: usize,
  width: i32,
): void {
  const bias0 = v128.load(biases);
  const bias1 = v128.load(biases, 16);
  const first0 = v128.load(w);
  const first1 = v128.load(w, 16);
  const middle0 = v128.load(w, 32);
  const middle1 = v128.load(w, 48);
  const last0 = v128.load(w, 64);
  const last1 = v128.load(w, 80);
  let rows01 = Planes.rows(r0, r1);
  let row2 = Planes.rows(r2, r2);
  let even0 = Planes.low(rows01, row2);
  let even1 = Planes.high(rows01, row2);
  rows01 = Planes.rows(r0 + PIXEL_BYTES, r1 + PIXEL_BYTES);
  row2 = Planes.rows(r2 + PIXEL_BYTES, r2 + PIXEL_BYTES);
  let odd0 = Planes.low(rows01, row2);
  let odd1 = Planes.high(rows01, row2);
  for (; width > 0; width -= 2, sums += 2 * SUM_BYTES) {
    let acc0 = Lanes.dotBytes(Lanes.dotBytes(bias0, even0, first0), odd0, middle0);
    let acc1 = Lanes.dotBytes(Lanes.dotBytes(bias1, even1, first1), odd1, middle1);
    r0 += 2 * PIXEL_BYTES;
    r1 += 2 * PIXEL_BYTES;
    r2 += 2 * PIXEL_BYTES;
    rows01 = Planes.rows(r0, r1);
    row2 = Planes.rows(r2, r2);
    even0 = Planes.low(rows01, row2);
    even1 = Planes.high(rows01, row2);
    v128.store(sums, Lanes.dotBytes(acc0, even0, last0));
    v128.store(sums, Lanes.dotBytes(acc1, even1, last1), 16);
    acc0 = Lanes.dotBytes(Lanes.dotBytes(bias0, odd0, first0), even0, middle0);
    acc1 = Lanes.dotBytes(Lanes.dotBytes(bias1, odd1, first1), even1, middle1);
    rows01 = Planes.rows(r0 + PIXEL_BYTES, r1 + PIXEL_BYTES);
    row2 = Planes.rows(r2 + PIXEL_BYTES, r2 + PIXEL_BYTES);
    odd0 = Planes.low(rows01, row2);
    odd1 = Planes.high(rows01, row2);
    v128.store(sums, Lanes.dotBytes(acc0, odd0, last0), SUM_BYTES);
    v128.store(sums, Lanes.dotBytes(acc1, odd1, last1), SUM_BYTES + 16);
  }
}

/** The last column of an output is the first of the next. */
function columnsBy2(
  r0: usize,
  r1: usize,
  r2: usize,
  w: usize,
  biases: usize,
  sums: usize,
  width: i32,
): void {
  const bias0 = v128.load(biases);
  const bias1 = v128.load(biases, 16);
  const first0 = v128.load(w);
  const first1 = v128.load(w, 16);
  const middle0 = v128.load(w, 32);
  const middle1 = v128.load(w, 48);
  const last0 = v128.load(w, 64);
  const last1 = v128.load(w, 80);
  let rows01 = Planes.rows(r0, r1);
  let row2 = Planes.rows(r2, r2);
  let even0 = Planes.low(rows01, row2);
  let even1 = Planes.high(rows01, row2);
  for (; width > 0; width--, sums += SUM_BYTES) {
    rows01 = Planes.rows(r0 + PIXEL_BYTES, r1 + PIXEL_BYTES);
    row2 = Planes.rows(r2 + PIXEL_BYTES, r2 + PIXEL_BYTES);
    const odd0 = Planes.low(rows01, row2);
    const odd1 = Planes.high(rows01, row2);
    const acc0 = Lanes.dotBytes(Lanes.dotBytes(bias0, even0, first0), odd0, middle0);
    const acc1 = Lanes.dotBytes(Lanes.dotBytes(bias1, even1, first1), odd1, middle1);
    r0 += 2 * PIXEL_BYTES;
    r1 += 2 * PIXEL_BYTES;
    r2 += 2 * PIXEL_BYTES;
    rows01 = Planes.rows(r0, r1);
    row2 = Planes.rows(r2, r2);
    even0 = Planes.low(rows01, row2);
    even1 = Planes.high(rows01, row2);
    v128.store(sums, Lanes.dotBytes(acc0, even0, last0));
    v128.store(sums, Lanes.dotBytes(acc1, even1, last1), 16);
  }
}
