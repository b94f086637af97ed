/**
 * s8_vlut: y = table[x + 128]; y may be x. Scalar: sixteen swizzles for sixteen bytes cost more than sixteen loads.
 *
 * @param table int8 [256]
 */
export function lookup(x: usize, table: usize, y: usize, count: i32): void {
  const middle = table + 128;
  const end = x + <usize>count;
  for (; x + 8 <= end; x += 8, y += 8) {
    const q = load<u64>(x);
    store<i8>(y, load<i8>(middle + <i32>(<i8>q)));
    store<i8>(y, load<i8>(middle + <i32>(<i8>(q >> 8))), 1);
    store<i8>(y, load<i8>(middle + <i32>(<i8>(q >> 16))), 2);
    store<i8>(y, load<i8>(middle + <i32>(<i8>(q >> 24))), 3);
    store<i8>(y, load<i8>(middle + <i32>(<i8>(q >> 32))), 4);
    store<i8>(y, load<i8>(middle + <i32>(<i8>(q >> 40))), 5);
    store<i8>(y, load<i8>(middle + <i32>(<i8>(q >> 48))), 6);
    store<i8>(y, load<i8>(middle + <i32>(<i8>(q >> 56))), 7);
  }
  for (; x < end; x++, y++) store<i8>(y, load<i8>(middle + <i32>load<i8>(x)));
}
