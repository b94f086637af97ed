import {Lanes, RELAXED} from './lanes';
import {GROUP} from './stage';
import {ConvGeometry} from './structs';

/**
 * Whether depthwise convolution multiplies bytes: four taps in the lane where int16 has two. They are as x has them, but
 * for the sign bit where the instruction reads them as unsigned (`filter.flip`).
 */
export const BYTES: bool = RELAXED;

const VALUE_BYTES: i32 = BYTES ? 1 : 2;

/** A pixel of a plane: int16 or int8 [8]. */
export const PIXEL_BYTES: i32 = GROUP * VALUE_BYTES;

/** The sums of a pixel: int32 [8]. */
export const SUM_BYTES: i32 = GROUP * 4;

export abstract class Planes {
  /** Bytes of a pixel of two rows in turn: int8 [8][2]. */
  @inline static rows(r0: usize, r1: usize): v128 {
    return Lanes.interleave(v128.load64_zero(r0), v128.load64_zero(r1));
  }

  /** int16 of two vectors in turn, the first halves. */
  @inline static low(a: v128, b: v128): v128 {
    return i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
  }

  /** As {@link low}, the second halves. */
  @inline static high(a: v128, b: v128): v128 {
    return i16x8.shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
  }

  @inline static storePixel(y: usize, pixel: v128): void {
    if (BYTES) v128.store64_lane(y, pixel, 0);
    else v128.store(y, pixel);
  }

  /** int8 [8] → a pixel. */
  @inline static widen(x: usize, y: usize, mask: v128): void {
    if (BYTES) Planes.storePixel(y, v128.xor(v128.load64_zero(x), mask));
    else Planes.storePixel(y, v128.load8x8_s(x));
  }
}

/**
 * A row of an image for depthwise convolution: a plane for each eight output channels, int16 or int8 [width][8], so that
 * the columns of a window lie one behind the other, and two rows are paired by one instruction.
 *
 * @param x int8 [pixels, inChannels]; up to 7 bytes are read past it
 * @param pixels how many of the input row are copied behind the padding on the left: none for a row in the padding
 * @param fill what the padding holds
 * @param flip what bytes differ from those of x in
 */
export function widenRow(
  x: usize,
  y: usize,
  geometry: ConvGeometry,
  pixels: i32,
  width: i32,
  fill: i32,
  flip: i32,
): void {
  const channels = geometry.inChannels;
  const multiplier = geometry.outChannels / channels;
  const left = pixels ? geometry.padLeft : 0;
  for (let c = 0; c < geometry.outChannels; c += GROUP) {
    y = fillPixels(y, left, fill);
    if (multiplier == 1) widenPixels(x + c, y, pixels, channels, flip);
    else repeatPixels(x, y, pixels, geometry, multiplier, c, flip);
    y += pixels * PIXEL_BYTES;
    y = fillPixels(y, width - left - pixels, fill);
  }
}

/** @returns the end of what it fills */
function fillPixels(y: usize, count: i32, fill: i32): usize {
  const pixel = BYTES ? i8x16.splat(<i8>fill) : i16x8.splat(<i16>fill);
  for (; count > 0; count--, y += PIXEL_BYTES) Planes.storePixel(y, pixel);
  return y;
}

/** Eight channels of each pixel. */
function widenPixels(x: usize, y: usize, count: i32, channels: usize, flip: i32): void {
  const mask = i8x16.splat(<i8>flip);
  for (; count >= 4; count -= 4) {
    Planes.widen(x, y, mask);
    x += channels;
    Planes.widen(x, y + PIXEL_BYTES, mask);
    x += channels;
    Planes.widen(x, y + 2 * PIXEL_BYTES, mask);
    x += channels;
    Planes.widen(x, y + 3 * PIXEL_BYTES, mask);
    x += channels;
    y += 4 * PIXEL_BYTES;
  }
  for (; count > 0; count--, x += channels, y += PIXEL_BYTES) Planes.widen(x, y, mask);
}

/** Output channels c … c + 7 of each pixel, of which `multiplier` in a row have the same input channel. */
function repeatPixels(
  x: usize,
  y: usize,
  count: i32,
  geometry: ConvGeometry,
  multiplier: i32,
  c: i32,
  flip: i32,
): void {
  const end = min(c + GROUP, geometry.outChannels);
  for (; c < end; c++, y += VALUE_BYTES) {
    let from = x + c / multiplier;
    for (let i = 0; i < count; i++, from += geometry.inChannels) {
      if (BYTES) store<i8>(y + i * PIXEL_BYTES, load<i8>(from) ^ (<i8>flip));
      else store<i16>(y + i * PIXEL_BYTES, load<i8>(from));
    }
  }
}
