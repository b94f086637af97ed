import {GROUP} from './stage';
import {ConvGeometry} from './structs';

/** A pixel of a plane: int16 [8]. */
export const PIXEL_BYTES: i32 = GROUP * 2;

/** The sums of a pixel: int32 [8]. */
export const SUM_BYTES: i32 = GROUP * 4;

export abstract class Planes {
  /** Channels 0 … 3 of two pixels in turn. */
  @inline static low(a: v128, b: v128): v128 {
    return i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
  }

  /** Channels 4 … 7 of two pixels in turn. */
  @inline static high(a: v128, b: v128): v128 {
    return i16x8.shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
  }
}

/**
 * A row of an image for depthwise convolution: a plane for each eight output channels, int16 [width][8], so that a
 * vector of one column and its neighbours lie one behind the other, and two rows are paired by one instruction.
 *
 * @param x int8 [pixels, inChannels]; up to 7 bytes are read past it
 * @param pixels how many of the input row are copied behind the padding on the left: none for a row in the padding
 * @param fill int16x8, what the padding holds
 */
export function widenRow(
  x: usize,
  y: usize,
  geometry: ConvGeometry,
  pixels: i32,
  width: i32,
  fill: v128,
): void {
  const channels = geometry.inChannels;
  const multiplier = geometry.outChannels / channels;
  const left = pixels ? geometry.padLeft : 0;
  for (let c = 0; c < geometry.outChannels; c += GROUP) {
    y = fillPixels(y, left, fill);
    if (multiplier == 1) widenPixels(x + c, y, pixels, channels);
    else repeatPixels(x, y, pixels, geometry, multiplier, c);
    y += pixels * PIXEL_BYTES;
    y = fillPixels(y, width - left - pixels, fill);
  }
}

/** @returns the end of what it fills */
function fillPixels(y: usize, count: i32, fill: v128): usize {
  for (; count > 0; count--, y += PIXEL_BYTES) v128.store(y, fill);
  return y;
}

/** Eight channels of each pixel. */
function widenPixels(x: usize, y: usize, count: i32, channels: usize): void {
  for (; count >= 4; count -= 4) {
    v128.store(y, v128.load8x8_s(x));
    x += channels;
    v128.store(y, v128.load8x8_s(x), PIXEL_BYTES);
    x += channels;
    v128.store(y, v128.load8x8_s(x), 2 * PIXEL_BYTES);
    x += channels;
    v128.store(y, v128.load8x8_s(x), 3 * PIXEL_BYTES);
    x += channels;
    y += 4 * PIXEL_BYTES;
  }
  for (; count > 0; count--, x += channels, y += PIXEL_BYTES) v128.store(y, v128.load8x8_s(x));
}

/** Output channels c … c + 7 of each pixel, of which `multiplier` in a row have the same input channel. */
function repeatPixels(
  x: usize,
  y: usize,
  count: i32,
  geometry: ConvGeometry,
  multiplier: i32,
  c: i32,
): void {
  const end = min(c + GROUP, geometry.outChannels);
  for (; c < end; c++, y += sizeof<i16>()) {
    let from = x + c / multiplier;
    for (let i = 0; i < count; i++, from += geometry.inChannels)
      store<i16>(y + i * PIXEL_BYTES, load<i8>(from));
  }
}
