import type {Layer} from '../graph/layer.js';
import {inverseCholesky} from '../quant/cholesky.js';
import type {Grid} from '../quant/grid.js';
import {roundHalfUp} from '../quant/rounding.js';
import type {InputCovariance} from '../statistics/input_covariance.js';
import type {QuantizedFilter} from './plan.js';

/**
 * What is added to each input's variance, in units of the mean of them: covariances of generated images
 * are not those of real ones. On MobileNetV1-0.75 at W4A8, 0.3 and 1 do best of 0.1 … 3.
 */
const DAMPING = 0.3;

/**
 * Rounds the weights of a block one input after the other, and makes up for each error with the weights that are
 * not rounded yet, so that Σ (Ŵ − W)ᵀ C (Ŵ − W) is small (Frantar et al. 2023, GPTQ §3), with C the
 * covariance of the inputs: the mean of the error is the bias's to correct. Inputs of the largest
 * variance come first.
 *
 * With C⁻¹ = Mᵀ M, the rows of M in the opposite order:
 *
 *   e = (w[i] − ŵ[i]) / M[i, i]          w[k] ← w[k] − e · M[i, k]   for the k that follow            (11)
 *
 * @param values the integers of the filter, in its layout; those of the block's weights are replaced
 */
export function roundWithFeedback(
  layer: Layer,
  {scale, zeroPoint}: Pick<QuantizedFilter, 'scale' | 'zeroPoint'>,
  grid: Grid,
  covariance: InputCovariance,
  values: QuantizedFilter['values'],
): void {
  const ordered = byVariance(covariance);
  if (ordered === undefined) return;
  const {rows, matrix} = ordered;
  const factor = inverseCholesky(matrix, rows.length);
  const places = rows.map(row => firstPlace(layer, row));
  const width =
    layer.kind === 'depthwise' ? layer.outChannels / layer.inChannels : layer.outChannels;
  const channel = (i: number) => (scale.length > 1 ? i % layer.outChannels : 0);
  const weights = new Float64Array(rows.length * width);
  places.forEach((place, row) => {
    for (let c = 0; c < width; c++) {
      weights[row * width + c] = layer.filter.values[place + c] / scale[channel(place + c)];
    }
  });
  const errors = new Float64Array(width);
  for (let row = rows.length - 1; row >= 0; row--) {
    const place = places[row];
    for (let c = 0; c < width; c++) {
      const zero = zeroPoint[channel(place + c)];
      const exact = weights[row * width + c];
      const q = Math.min(Math.max(roundHalfUp(exact) + zero, grid.min), grid.max);
      values[place + c] = q;
      errors[c] = (exact - (q - zero)) / factor[row * rows.length + row];
    }
    for (let next = 0; next < row; next++) {
      const share = factor[row * rows.length + next];
      for (let c = 0; c < width; c++) weights[next * width + c] -= errors[c] * share;
    }
  }
}

/** Where the weights of a row begin in the filter; those of a depthwise channel's multiplier follow each other. */
function firstPlace({kind, inChannels, outChannels}: Layer, row: number): number {
  return kind === 'depthwise' ? row * (outChannels / inChannels) : row * outChannels;
}

/** The block with its rows in order of their variance, and damped; undefined where nothing varies. */
function byVariance({rows, matrix}: InputCovariance): InputCovariance | undefined {
  const n = rows.length;
  const variances = Float64Array.from(rows, (_, i) => matrix[i * n + i]);
  const damping = (DAMPING * variances.reduce((sum, v) => sum + v, 0)) / n;
  if (!(damping > 0)) return undefined;
  const order = Array.from(rows.keys()).sort((a, b) => variances[a] - variances[b] || a - b);
  const sorted = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const [high, low] = [Math.max(order[i], order[j]), Math.min(order[i], order[j])];
      sorted[i * n + j] = matrix[high * n + low] + (i === j ? damping : 0);
    }
  }
  return {rows: Int32Array.from(order, i => rows[i]), matrix: sorted};
}
