/**
 * Adds values to the sums of their channels, row after row.
 *
 * @param x float32 [rows, channels]
 * @param sums f64 [channels]
 */
export function add_rows(x: usize, rows: i32, channels: i32, sums: usize): void {
  const stride = (<usize>channels) << 2;
  const end = x + rows * stride;
  let c = 0;
  for (; c + 4 <= channels; c += 4)
    add_four(x + ((<usize>c) << 2), end, stride, sums + ((<usize>c) << 3));
  for (; c < channels; c++) add_one(x + ((<usize>c) << 2), end, stride, sums + ((<usize>c) << 3));
}

function add_four(x: usize, end: usize, stride: usize, sums: usize): void {
  let sum01 = v128.load(sums);
  let sum23 = v128.load(sums, 16);
  for (; x < end; x += stride) {
    const v = v128.load(x);
    sum01 = f64x2.add(sum01, f64x2.promote_low_f32x4(v));
    sum23 = f64x2.add(sum23, f64x2.promote_low_f32x4(i64x2.shuffle(v, v, 1, 1)));
  }
  v128.store(sums, sum01);
  v128.store(sums, sum23, 16);
}

function add_one(x: usize, end: usize, stride: usize, sum: usize): void {
  let total = load<f64>(sum);
  for (; x < end; x += stride) total += <f64>load<f32>(x);
  store<f64>(sum, total);
}

abstract class Live {
  /** Those whose bits are set; 0 for the others, NaN and ∞ too. */
  @inline static values(v: v128, bits: v128, wanted: v128): v128 {
    return v128.and(v, i32x4.eq(v128.and(bits, wanted), wanted));
  }
}

/**
 * Marks the values that are above the bounds of their channels, one bit each.
 *
 * @param x float32 [rows, channels]
 * @param bounds f32 [channels]
 * @param mask [rows, ⌈channels / 8⌉], channel c at bit c % 8
 * @param counts i32 [channels]: those that are above are added
 */
export function mask_above(
  x: usize,
  rows: i32,
  channels: i32,
  bounds: usize,
  mask: usize,
  counts: usize,
): void {
  const stride = (<usize>channels) << 2;
  const maskStride = <usize>((channels + 7) >> 3);
  const end = x + rows * stride;
  let c = 0;
  for (; c + 8 <= channels; c += 8) {
    const at = (<usize>c) << 2;
    mask_of_eight(x + at, end, stride, bounds + at, mask + (c >> 3), maskStride, counts + at);
  }
  if (c == channels) return;
  let to = mask + (c >> 3);
  for (; x < end; x += stride, to += maskStride)
    store<u8>(to, partial_mask(x, bounds, c, channels, counts));
}

function mask_of_eight(
  x: usize,
  end: usize,
  stride: usize,
  bounds: usize,
  mask: usize,
  maskStride: usize,
  counts: usize,
): void {
  const firstBound = v128.load(bounds);
  const lastBound = v128.load(bounds, 16);
  let firstCounts = v128.load(counts);
  let lastCounts = v128.load(counts, 16);
  for (; x < end; x += stride, mask += maskStride) {
    const first = f32x4.gt(v128.load(x), firstBound);
    const last = f32x4.gt(v128.load(x, 16), lastBound);
    firstCounts = i32x4.sub(firstCounts, first);
    lastCounts = i32x4.sub(lastCounts, last);
    store<u8>(mask, i32x4.bitmask(first) | (i32x4.bitmask(last) << 4));
  }
  v128.store(counts, firstCounts);
  v128.store(counts, lastCounts, 16);
}

/** Of the last channels of a row, fewer than 8. */
function partial_mask(x: usize, bounds: usize, from: i32, channels: i32, counts: usize): u8 {
  let bits = 0;
  for (let c = from; c < channels; c++) {
    const at = (<usize>c) << 2;
    const bit = i32(load<f32>(x + at) > load<f32>(bounds + at));
    bits |= bit << (c & 7);
    store<i32>(counts + at, load<i32>(counts + at) + bit);
  }
  return <u8>bits;
}

/**
 * Adds the values whose bit is 1 to the sums of their channels, row after row.
 *
 * @param x float32 [rows, channels]
 * @param mask as of {@link mask_above}
 * @param sums f64 [channels]
 */
export function add_masked(x: usize, rows: i32, channels: i32, mask: usize, sums: usize): void {
  const stride = (<usize>channels) << 2;
  const maskStride = <usize>((channels + 7) >> 3);
  const end = x + rows * stride;
  let c = 0;
  for (; c + 8 <= channels; c += 8) {
    const at = (<usize>c) << 2;
    add_masked_eight(x + at, end, stride, mask + (c >> 3), maskStride, sums + (at << 1));
  }
  for (; c < channels; c++) {
    const sum = sums + ((<usize>c) << 3);
    add_masked_one(x + ((<usize>c) << 2), end, stride, mask + (c >> 3), maskStride, c & 7, sum);
  }
}

/** Adding 0 in place of a value changes no sum that began at 0. */
function add_masked_eight(
  x: usize,
  end: usize,
  stride: usize,
  mask: usize,
  maskStride: usize,
  sums: usize,
): void {
  const firstBits = i32x4(1, 2, 4, 8);
  const lastBits = i32x4(16, 32, 64, 128);
  let sum01 = v128.load(sums);
  let sum23 = v128.load(sums, 16);
  let sum45 = v128.load(sums, 32);
  let sum67 = v128.load(sums, 48);
  for (; x < end; x += stride, mask += maskStride) {
    const bits = i32x4.splat(load<u8>(mask));
    const first = Live.values(v128.load(x), bits, firstBits);
    const last = Live.values(v128.load(x, 16), bits, lastBits);
    sum01 = f64x2.add(sum01, f64x2.promote_low_f32x4(first));
    sum23 = f64x2.add(sum23, f64x2.promote_low_f32x4(i64x2.shuffle(first, first, 1, 1)));
    sum45 = f64x2.add(sum45, f64x2.promote_low_f32x4(last));
    sum67 = f64x2.add(sum67, f64x2.promote_low_f32x4(i64x2.shuffle(last, last, 1, 1)));
  }
  v128.store(sums, sum01);
  v128.store(sums, sum23, 16);
  v128.store(sums, sum45, 32);
  v128.store(sums, sum67, 48);
}

function add_masked_one(
  x: usize,
  end: usize,
  stride: usize,
  mask: usize,
  maskStride: usize,
  bit: i32,
  sum: usize,
): void {
  let total = load<f64>(sum);
  for (; x < end; x += stride, mask += maskStride) {
    if ((load<u8>(mask) >> (<u8>bit)) & 1) total += <f64>load<f32>(x);
  }
  store<f64>(sum, total);
}
