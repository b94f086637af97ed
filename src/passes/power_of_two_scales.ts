import type {Layer} from '../graph/layer.js';
import type {Grid} from '../quant/grid.js';
import type {QuantParams} from '../quant/quant_params.js';
import type {Range} from '../quant/range.js';
import {roundHalfUp} from '../quant/rounding.js';
import {squaredErrors} from './weight_ranges.js';

/**
 * Of the two powers of two around each exact scale, the one with the smaller squared error on the
 * weights: the upper covers the range with up to half its integers, the lower clips its ends.
 *
 * @param upper a grid for the filter, or one for each output channel, that covers its range
 * @param ranges the ranges of the same
 */
export function betterPowersOfTwo(
  layer: Layer,
  upper: readonly QuantParams[],
  ranges: readonly Range[],
  grid: Grid,
  symmetric: boolean,
): QuantParams[] {
  const lower = upper.map((params, c) => halved(params, ranges[c], grid, symmetric));
  const errors = [lower, upper].map(params => squaredErrors(layer, params, grid));
  return upper.map((params, c) => (errors[0][c] < errors[1][c] ? lower[c] : params));
}

/** Half the scale; where zero points are free, both ends of the range lose the same share. */
function halved(params: QuantParams, {min, max}: Range, grid: Grid, symmetric: boolean) {
  const scale = params.scale / 2;
  if (symmetric) return {scale, zeroPoint: 0};
  const width = Math.max(max, 0) - Math.min(min, 0);
  const share = width > 0 ? ((grid.max - grid.min) * scale) / width : 1;
  const zeroPoint = roundHalfUp(grid.min - (share * Math.min(min, 0)) / scale);
  return {scale, zeroPoint: Math.min(Math.max(zeroPoint, grid.min), grid.max)};
}
