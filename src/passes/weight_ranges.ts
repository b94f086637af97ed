import {forEachWeight, type Layer} from '../graph/layer.js';
import type {Grid} from '../quant/grid.js';
import {dequantizeValue, type QuantParams, quantizeValue} from '../quant/quant_params.js';

/** What a range may shrink to: shares of what covers the weights. */
const SHARES = Array.from({length: 16}, (_, i) => 1 - 0.04 * i);

/**
 * The grids that make the least squared error on the weights, of clipping and rounding together, among
 * those of narrower and narrower ranges.
 *
 * @param gridsOf the grids for a share of the covering ranges; one, or one for each output channel
 */
export function leastErrorGrids(
  layer: Layer,
  gridsOf: (share: number) => readonly QuantParams[],
  grid: Grid,
): QuantParams[] {
  const best = [...gridsOf(1)];
  const least = squaredErrors(layer, best, grid);
  for (const share of SHARES.slice(1)) {
    const params = gridsOf(share);
    squaredErrors(layer, params, grid).forEach((error, c) => {
      if (error >= least[c]) return;
      least[c] = error;
      best[c] = params[c];
    });
  }
  return best;
}

/** Of each grid, over the weights that lie on it. */
export function squaredErrors(
  layer: Layer,
  params: readonly QuantParams[],
  grid: Grid,
): Float64Array {
  const errors = new Float64Array(params.length);
  forEachWeight(layer, (i, _, outChannel) => {
    const c = params.length > 1 ? outChannel : 0;
    const w = layer.filter.values[i];
    errors[c] += (dequantizeValue(quantizeValue(w, params[c], grid), params[c]) - w) ** 2;
  });
  return errors;
}
