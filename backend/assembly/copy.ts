import {Lanes} from './lanes';
import {CopySpec} from './structs';

/** Runs from this length on are worth a call that copies them. */
const LONG_RUN: i32 = 32;

/** Rows and columns of a block that is transposed in registers. */
const BLOCK: i32 = 8;

/** x8_copy: what indices `begin` … `end` of the first axis move. */
export function copy(x: usize, y: usize, spec: CopySpec, begin: i32, end: i32): void {
  const first = spec.axis(0);
  walk(
    x + spec.fromOffset + begin * first.from,
    y + spec.toOffset + begin * first.to,
    spec,
    0,
    end - begin,
  );
}

/** The axes from `depth` on, of that one `count` indices. */
function walk(x: usize, y: usize, spec: CopySpec, depth: i32, count: i32): void {
  const axis = spec.axis(depth);
  if (depth + 1 == spec.axisCount) {
    copyRun(x, y, count, axis.from, axis.to);
    return;
  }
  const next = spec.axis(depth + 1);
  const isMatrix = depth + 2 == spec.axisCount && axis.from == 1 && next.to == 1;
  if (isMatrix && count >= BLOCK && next.size >= BLOCK) {
    transpose(x, y, count, next.size, next.from, axis.to);
    return;
  }
  for (; count > 0; count--) {
    walk(x, y, spec, depth + 1, next.size);
    x += axis.from;
    y += axis.to;
  }
}

function copyRun(x: usize, y: usize, count: i32, from: i32, to: i32): void {
  if (to == 1 && from == 1) {
    if (count >= LONG_RUN) memory.copy(y, x, count);
    else copyShort(x, y, count);
    return;
  }
  if (to == 1 && from == 0) {
    memory.fill(y, load<u8>(x), count);
    return;
  }
  for (; count > 0; count--) {
    store<u8>(y, load<u8>(x));
    x += from;
    y += to;
  }
}

function copyShort(x: usize, y: usize, count: i32): void {
  for (; count >= 8; count -= 8) {
    store<u64>(y, load<u64>(x));
    x += 8;
    y += 8;
  }
  for (; count > 0; count--, x++, y++) store<u8>(y, load<u8>(x));
}

/**
 * y[row · yStride + column] = x[row + column · xStride], in blocks of 8 × 8. Where sizes are no multiples, the last
 * blocks overlap those before and write the same again.
 *
 * @param rows 8 or more, as columns
 */
function transpose(x: usize, y: usize, rows: i32, columns: i32, xStride: i32, yStride: i32): void {
  for (let row = 0; row < rows; row += BLOCK) {
    const top = min(row, rows - BLOCK);
    for (let column = 0; column < columns; column += BLOCK) {
      const left = min(column, columns - BLOCK);
      transposeBlock(x + top + left * xStride, y + top * yStride + left, xStride, yStride);
    }
  }
}

function transposeBlock(x: usize, y: usize, xStride: i32, yStride: i32): void {
  const x2 = x + 2 * xStride;
  const x4 = x + 4 * xStride;
  const x6 = x + 6 * xStride;
  const b0 = Lanes.interleave(v128.load64_zero(x), v128.load64_zero(x + xStride));
  const b1 = Lanes.interleave(v128.load64_zero(x2), v128.load64_zero(x2 + xStride));
  const b2 = Lanes.interleave(v128.load64_zero(x4), v128.load64_zero(x4 + xStride));
  const b3 = Lanes.interleave(v128.load64_zero(x6), v128.load64_zero(x6 + xStride));
  const c0 = i16x8.shuffle(b0, b1, 0, 8, 1, 9, 2, 10, 3, 11);
  const c1 = i16x8.shuffle(b0, b1, 4, 12, 5, 13, 6, 14, 7, 15);
  const c2 = i16x8.shuffle(b2, b3, 0, 8, 1, 9, 2, 10, 3, 11);
  const c3 = i16x8.shuffle(b2, b3, 4, 12, 5, 13, 6, 14, 7, 15);
  storePair(y, i32x4.shuffle(c0, c2, 0, 4, 1, 5), yStride);
  storePair(y + 2 * yStride, i32x4.shuffle(c0, c2, 2, 6, 3, 7), yStride);
  storePair(y + 4 * yStride, i32x4.shuffle(c1, c3, 0, 4, 1, 5), yStride);
  storePair(y + 6 * yStride, i32x4.shuffle(c1, c3, 2, 6, 3, 7), yStride);
}

/** Two rows of 8 bytes. */
function storePair(y: usize, rows: v128, yStride: i32): void {
  v128.store64_lane(y, rows, 0);
  v128.store64_lane(y + yStride, rows, 1);
}
