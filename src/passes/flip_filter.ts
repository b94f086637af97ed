import type {Layer} from '../graph/layer.js';
import type {Grid} from '../quant/grid.js';
import {RoundingFlips} from '../quant/rounding_flips.js';
import type {QuantizedFilter} from './plan.js';

/**
 * Flips roundings so that the errors of a kernel and of an output channel sum to nearly nothing, equation (10).
 *
 * @param deviations how much each input channel varies
 * @param values the integers of the filter, in its layout; changed in place
 */
export function flipFilter(
  layer: Layer,
  {scale, zeroPoint}: Pick<QuantizedFilter, 'scale' | 'zeroPoint'>,
  grid: Grid,
  deviations: Float64Array,
  values: QuantizedFilter['values'],
): void {
  const weights = layer.kind === 'depthwise' ? new Float64Array(1).fill(1) : deviations;
  for (let c = 0; c < layer.outChannels; c++) {
    const indices = channelIndices(layer, c);
    const own = scale.length > 1 ? c : 0;
    const errors = Float64Array.from(
      indices,
      i => values[i] - zeroPoint[own] - layer.filter.values[i] / scale[own],
    );
    const flips = new RoundingFlips(errors, weights, (i, move) => {
      const q = values[indices[i]] + move;
      return q >= grid.min && q <= grid.max;
    });
    flips.run();
    indices.forEach((index, i) => (values[index] += flips.moves[i]));
  }
}

/** Positions of the weights of one output channel, [kernels, taps]. */
function channelIndices({kind, filter, inChannels, outChannels}: Layer, c: number): Int32Array {
  const kernels = kind === 'depthwise' ? 1 : inChannels;
  const taps = filter.values.length / outChannels / kernels;
  const stride = kernels * outChannels;
  return Int32Array.from({length: kernels * taps}, (_, i) => {
    const tap = i % taps;
    return tap * stride + ((i - tap) / taps) * outChannels + c;
  });
}
