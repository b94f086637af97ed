import {Lanes} from './lanes';
import {GROUP} from './stage';
import {ResizeSpec} from './structs';

const ONE: i32 = 1 << 11;

/** s8_resize: (6), x int8 [batch, inHeight, inWidth, channels]; output rows `begin` … `end` of the batch · outHeight. */
export function resize(x: usize, y: usize, spec: ResizeSpec, begin: i32, end: i32): void {
  const rowBytes = spec.inWidth * spec.channels;
  const yBytes = spec.outWidth * spec.channels;
  for (let line = begin; line < end; line++) {
    const image = line / spec.outHeight;
    const at = (line - image * spec.outHeight) << 2;
    const rows = x + image * spec.inHeight * rowBytes;
    const top = rows + load<i32>(spec.rowLow + at) * rowBytes;
    const bottom = rows + load<i32>(spec.rowHigh + at) * rowBytes;
    resizeRow(top, bottom, load<i32>(spec.rowWeight + at), y + line * yBytes, spec);
  }
}

function resizeRow(top: usize, bottom: usize, wy: i32, y: usize, spec: ResizeSpec): void {
  const channels = spec.channels;
  for (let column = 0; column < spec.outWidth; column++) {
    const left = load<i32>(spec.columnLow + (column << 2)) * channels;
    const right = load<i32>(spec.columnHigh + (column << 2)) * channels;
    const wx = load<i32>(spec.columnWeight + (column << 2));
    if ((wx | wy) == 0) copyPixel(top + left, y, channels);
    else blendPixel(top + left, top + right, bottom + left, bottom + right, wy, wx, y, channels);
    y += channels;
  }
}

function copyPixel(x: usize, y: usize, channels: i32): void {
  for (let c = 0; c < channels; c += 16) Lanes.store(y + c, v128.load(x + c), channels - c);
}

/** Along the row by `dot`, then across: weights of 11 bits each, sums below 2^29. */
function blendPixel(
  topLeft: usize,
  topRight: usize,
  bottomLeft: usize,
  bottomRight: usize,
  wy: i32,
  wx: i32,
  y: usize,
  channels: i32,
): void {
  const across = i32x4.splat((ONE - wx) | (wx << 16));
  const upperWeight = i32x4.splat(ONE - wy);
  const lowerWeight = i32x4.splat(wy);
  for (let c = 0; c < channels; c += GROUP) {
    const upper = Lanes.interleave(v128.load64_zero(topLeft + c), v128.load64_zero(topRight + c));
    const lower = Lanes.interleave(
      v128.load64_zero(bottomLeft + c),
      v128.load64_zero(bottomRight + c),
    );
    const q = i16x8.narrow_i32x4_s(
      Blend.vertical(
        i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(upper), across),
        i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(lower), across),
        upperWeight,
        lowerWeight,
      ),
      Blend.vertical(
        i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(upper), across),
        i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(lower), across),
        upperWeight,
        lowerWeight,
      ),
    );
    Lanes.store(y + c, i8x16.narrow_i16x8_s(q, q), min(channels - c, GROUP));
  }
}

abstract class Blend {
  @inline static vertical(upper: v128, lower: v128, upperWeight: v128, lowerWeight: v128): v128 {
    const sum = i32x4.add(i32x4.mul(upper, upperWeight), i32x4.mul(lower, lowerWeight));
    return i32x4.shr_s(i32x4.add(sum, i32x4.splat(1 << 21)), 22);
  }
}
