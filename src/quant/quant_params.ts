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

/** Any float32 scale, or a power of two, for hardware that scales by shifts. */
export type ScaleKind = 'float' | 'power-of-two';

/**
 * Smallest grid that covers `range` and represents real 0 exactly (Jacob 2018 §2.1).
 *
 * Zero must sit on the grid because SAME padding writes `zeroPoint`.
 *
 * @param range bounds in the tensor's real units; widened to include 0
 * @param grid the integers to use
 * @param symmetric put real 0 at integer 0
 * @param kind a power of two is the next one up, so that nothing is clipped
 * @example chooseQuantParams({min: 0, max: 255}, {min: -128, max: 127}); // => {scale: 1, zeroPoint: -128}
 */
export function chooseQuantParams(
  range: Range,
  grid: Grid,
  symmetric = false,
  kind: ScaleKind = 'float',
): QuantParams {
  const min = Math.min(range.min, 0);
  const max = Math.max(range.max, 0);
  if (symmetric) {
    const scale = Math.max(max / grid.max, min / grid.min);
    return {scale: toScale(scale, kind), zeroPoint: 0};
  }
  const scale = toScale((max - min) / (grid.max - grid.min), kind);
  const zeroPoint = roundHalfUp(grid.min - min / scale);
  return {scale, zeroPoint: Math.min(Math.max(zeroPoint, grid.min), grid.max)};
}

/** Rounds to float32, or up to a power of two; an all-zero tensor takes any scale, here 1. */
function toScale(scale: number, kind: ScaleKind): number {
  const rounded = Math.fround(kind === 'float' ? scale : powerOfTwoFrom(scale));
  return rounded > 0 && Number.isFinite(rounded) ? rounded : 1;
}

/** The smallest power of two that is no smaller than x; by comparison, because Math.log2 may round. */
function powerOfTwoFrom(x: number): number {
  if (!(x > 0 && Number.isFinite(x))) return x;
  let power = 1;
  while (power < x) power *= 2;
  while (power / 2 >= x) power /= 2;
  return power;
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
