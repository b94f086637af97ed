import {Lanes} from './lanes';
import {BYTES} from './rows';

/** Multiply-accumulates of one round of {@link dot_ceiling}: of bytes 12 `dot` of 16, else 8 of 8. */
export function round_macs(): i32 {
  return BYTES ? 192 : 64;
}

/**
 * What the machine could do at best: the inner loop of gemm on a kilobyte or two, with nothing around it. For benchmarks;
 * not part of the binary.
 *
 * @param buffer 2 KiB
 */
export function dot_ceiling(buffer: usize, rounds: i32): i32 {
  return BYTES ? ceilingInt8(buffer, rounds) : ceilingInt16(buffer, rounds);
}

function ceilingInt16(buffer: usize, rounds: i32): i32 {
  let a = i32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  let e = a;
  let f = a;
  let g = a;
  let h = a;
  for (let i = 0; i < rounds; i++) {
    const at = buffer + ((i & 31) << 5);
    const w0 = v128.load(at);
    const w1 = v128.load(at, 16);
    let x = v128.load32_splat(at, 1024);
    a = Lanes.dot(a, x, w0);
    b = Lanes.dot(b, x, w1);
    x = v128.load32_splat(at, 1028);
    c = Lanes.dot(c, x, w0);
    d = Lanes.dot(d, x, w1);
    x = v128.load32_splat(at, 1032);
    e = Lanes.dot(e, x, w0);
    f = Lanes.dot(f, x, w1);
    x = v128.load32_splat(at, 1036);
    g = Lanes.dot(g, x, w0);
    h = Lanes.dot(h, x, w1);
  }
  const ab = i32x4.add(i32x4.add(a, b), i32x4.add(c, d));
  const sums = i32x4.add(ab, i32x4.add(i32x4.add(e, f), i32x4.add(g, h)));
  return i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 3);
}

function ceilingInt8(buffer: usize, rounds: i32): i32 {
  let a = i32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  let e = a;
  let f = a;
  let g = a;
  let h = a;
  let i = a;
  let j = a;
  let k = a;
  let l = a;
  for (let round = 0; round < rounds; round++) {
    const at = buffer + ((round & 31) << 5);
    const w0 = v128.load(at);
    const w1 = v128.load(at, 16);
    let x = v128.load32_splat(at, 1024);
    a = Lanes.dotBytes(a, x, w0);
    b = Lanes.dotBytes(b, x, w1);
    x = v128.load32_splat(at, 1028);
    c = Lanes.dotBytes(c, x, w0);
    d = Lanes.dotBytes(d, x, w1);
    x = v128.load32_splat(at, 1032);
    e = Lanes.dotBytes(e, x, w0);
    f = Lanes.dotBytes(f, x, w1);
    x = v128.load32_splat(at, 1036);
    g = Lanes.dotBytes(g, x, w0);
    h = Lanes.dotBytes(h, x, w1);
    x = v128.load32_splat(at, 1040);
    i = Lanes.dotBytes(i, x, w0);
    j = Lanes.dotBytes(j, x, w1);
    x = v128.load32_splat(at, 1044);
    k = Lanes.dotBytes(k, x, w0);
    l = Lanes.dotBytes(l, x, w1);
  }
  const abcd = i32x4.add(i32x4.add(a, b), i32x4.add(c, d));
  const efgh = i32x4.add(i32x4.add(e, f), i32x4.add(g, h));
  const ijkl = i32x4.add(i32x4.add(i, j), i32x4.add(k, l));
  return i32x4.extract_lane(i32x4.add(i32x4.add(abcd, efgh), ijkl), 0);
}
