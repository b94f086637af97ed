import type {Grid} from '../quant/grid.js';
import {chooseQuantParams, type QuantParams, type ScaleKind} from '../quant/quant_params.js';
import type {Range} from '../quant/range.js';
import {roundHalfUp} from '../quant/rounding.js';
import type {Distribution} from './distribution.js';

/** Shares of an end of the bounds that are tried first, each this much of the one before. */
const RATIO = 0.87;
const COARSE = 24;

/** Steps between the neighbours of the best of them. */
const FINE = 8;

/** How often both ends are searched in turn. */
const ROUNDS = 2;

/** A step of the grid of this many bins or more is summed bin by bin. */
const BINS_PER_STEP = 4;

/** What grids there are to choose from. */
interface GridKind {
  readonly grid: Grid;
  readonly symmetric: boolean;
  readonly scales?: ScaleKind;
}

/**
 * The range within `bounds` whose grid makes the least mean squared error, clipping and rounding
 * together, on the values of a histogram.
 */
export function mseRange(
  distribution: Distribution,
  bounds: Range,
  {grid, symmetric, scales}: GridKind,
): Range {
  const cost = (range: Range) =>
    squaredError(distribution, chooseQuantParams(range, grid, symmetric, scales), grid);
  const full = {min: Math.min(bounds.min, 0), max: Math.max(bounds.max, 0)};
  const joint = bestShare(t => cost({min: t * full.min, max: t * full.max}));
  let shares = {min: joint, max: joint};
  const range = ({min, max}: Range) => ({min: min * full.min, max: max * full.max});
  const oneSided = full.min === 0 || full.max === 0;
  for (let round = 0; round < (symmetric || oneSided ? 0 : ROUNDS); round++) {
    const {min} = shares;
    shares = {min, max: bestShare(max => cost(range({min, max})), shares.max)};
    const {max} = shares;
    shares = {min: bestShare(min => cost(range({min, max})), shares.min), max};
  }
  return range(shares);
}

/** The t of (0, 1] with the least cost, or one next to it; no worse than `known`. */
function bestShare(cost: (share: number) => number, known = 1): number {
  const coarse = Array.from({length: COARSE}, (_, i) => RATIO ** i);
  const near = leastOf(coarse, cost);
  const [low, high] = [near * RATIO, Math.min(1, near / RATIO)];
  const fine = Array.from({length: FINE + 1}, (_, i) => high - ((high - low) * i) / FINE);
  return leastOf([known, near, ...fine], cost);
}

/** The first of equals. */
function leastOf(candidates: readonly number[], cost: (candidate: number) => number): number {
  let best = candidates[0];
  let least = Infinity;
  for (const candidate of candidates) {
    const own = cost(candidate);
    if (own < least) [best, least] = [candidate, own];
  }
  return best;
}

/**
 * Σ (x − x̂)² over the histogram, x̂ the grid's value for x. Where steps are narrower than bins can
 * tell, rounding inside the range is taken for uniform noise, scale² / 12.
 */
export function squaredError(
  {centres, counts, width}: Distribution,
  {scale, zeroPoint}: QuantParams,
  grid: Grid,
): number {
  const low = grid.min - zeroPoint;
  const high = grid.max - zeroPoint;
  const exact = scale >= BINS_PER_STEP * width;
  let sum = 0;
  for (let i = 0; i < centres.length; i++) {
    const q = centres[i] / scale;
    const inside = q >= low - 0.5 && q < high + 0.5;
    if (inside && !exact) {
      sum += (counts[i] * scale * scale) / 12;
    } else {
      const error = scale * (q - Math.min(Math.max(roundHalfUp(q), low), high));
      sum += counts[i] * error * error;
    }
  }
  return sum;
}
