/**
 * qs8_softmax: (7), int8 [rows, channels], onto `levels` steps from 0 to 1; rows `begin` … `end`.
 *
 * @param exponentials int32 [256]; the first is 2^20, so a sum is never 0, and 64 bits hold it for any row
 */
export function softmax(
  x: usize,
  y: usize,
  channels: i32,
  exponentials: usize,
  levels: i32,
  zeroPoint: i32,
  hi: i32,
  begin: i32,
  end: i32,
): void {
  x += begin * channels;
  y += begin * channels;
  for (let row = begin; row < end; row++) {
    const largest = maxOf(x, channels);
    let sum: i64 = 0;
    for (let c = 0; c < channels; c++) {
      sum += load<i32>(exponentials + ((largest - load<i8>(x + c)) << 2));
    }
    for (let c = 0; c < channels; c++) {
      const e = load<i32>(exponentials + ((largest - load<i8>(x + c)) << 2));
      store<i8>(y + c, <i8>min<i32>(share(e, sum, levels) + zeroPoint, hi));
    }
    x += channels;
    y += channels;
  }
}

/** ⌊(2 · levels · e + Σe) / (2 · Σe)⌋; most of a row is 0, and needs no division. */
function share(e: i64, sum: i64, levels: i64): i32 {
  const numerator = 2 * levels * e + sum;
  return numerator < 2 * sum ? 0 : <i32>(numerator / (2 * sum));
}

function maxOf(x: usize, count: i32): i32 {
  let largest = i32.MIN_VALUE;
  for (let i = 0; i < count; i++) largest = max(largest, <i32>load<i8>(x + i));
  return largest;
}
