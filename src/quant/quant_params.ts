import type {Grid} from './grid.js';
import type {Range} from './range.js';
import {roundHalfUp} from './rounding.js';

/**
 * How an integer grid lies over the reals.
 *
 *   real = scale · (q − zeroPoint)                                (1)
 *
 * `scale` is always a float32 value, so that JSON, WebAssembly and other formats hold it exactly.
 */
export interface QuantParams {
  readonly scale: number;
  readonly zeroPoint: number;
}

/**
 * Smallest grid that covers `range` and represents real 0 exactly (Jacob 2018 §2.1).
 *
 * Zero must sit on the grid because SAME padding writes `zeroPoint`.
 *
 * @param range bounds in the tensor's real units; widened to include 0
 * @param grid the integers to use
 * @param symmetric put real 0 at integer 0
 * @example chooseQuantParams({min: 0, max: 255}, {min: -128, max: 127}); // => {scale: 1, zeroPoint: -128}
 */
export function chooseQuantParams(range: Range, grid: Grid, symmetric = false): QuantParams {
  const min = Math.min(range.min, 0);
  const max = Math.max(range.max, 0);
  if (symmetric) {
    const scale = Math.max(max / grid.max, min / grid.min);
    return {scale: toScale(scale), zeroPoint: 0};
  }
  const scale = toScale((max - min) / (grid.max - grid.min));
  const zeroPoint = roundHalfUp(grid.min - min / scale);
  return {scale, zeroPoint: Math.min(Math.max(zeroPoint, grid.min), grid.max)};
}

/** Rounds to float32; an all-zero tensor takes any scale, here 1. */
function toScale(scale: number): number {
  const rounded = Math.fround(scale);
  return rounded > 0 && Number.isFinite(rounded) ? rounded : 1;
}

/** The nearest point of the grid, halves up, clamped: clamp(⌊x / scale + ½⌋ + zeroPoint). (2) */
export function quantizeValue(x: number, {scale, zeroPoint}: QuantParams, grid: Grid): number {
  const q = roundHalfUp(x / scale) + zeroPoint;
  return Math.min(Math.max(q, grid.min), grid.max);
}

/** Equation (1). */
export function dequantizeValue(q: number, {scale, zeroPoint}: QuantParams): number {
  return scale * (q - zeroPoint);
}
