import type {Grid} from '../quant/grid.js';
import type {ScaleKind} from '../quant/quant_params.js';
import {type Range, rangeOf} from '../quant/range.js';
import {type Distribution, distributionOf, quantileRange} from './distribution.js';
import {entropyRange} from './entropy_range.js';
import {mseRange} from './mse_range.js';
import type {TensorStatistics} from './tensor_statistics.js';

/**
 * How the range that a grid covers is chosen from what a tensor was seen to hold:
 *
 * - 'min-max': all of it
 * - 'percentile': all but a share of the values at either end
 * - 'mse': where clipping and rounding make the least squared error
 * - 'entropy': where the quantized values' distribution is nearest to the values' own (Kullback–Leibler)
 *
 * 'auto' is the rule that measured best.
 */
export type RangeRule = 'auto' | 'min-max' | 'percentile' | 'mse' | 'entropy';

export const RANGE_RULES: readonly RangeRule[] = [
  'auto',
  'min-max',
  'percentile',
  'mse',
  'entropy',
];

/** Does the rule look at more than the extremes? */
export function readsHistogram(rule: RangeRule): rule is Exclude<RangeRule, 'auto' | 'min-max'> {
  return rule !== 'auto' && rule !== 'min-max';
}

/** What a rule may depend on besides the values. */
export interface RangeTarget {
  /** The grid that the range is for. */
  readonly grid: Grid;
  /** Zero point 0. */
  readonly symmetric: boolean;
  readonly scales?: ScaleKind;
  /** For 'percentile': percent of the values not above the range, and of those not below it; 50 … 100. */
  readonly percentile: number;
}

/**
 * The range of one tensor by a rule, never beyond its bounds; the bounds themselves where there is no
 * histogram.
 */
export function chooseRange(
  {min, max, histogram}: TensorStatistics,
  rule: RangeRule,
  target: RangeTarget,
): Range {
  const bounds = {min: rangeOf(min).min, max: rangeOf(max).max};
  if (histogram === undefined || !Number.isFinite(bounds.max - bounds.min)) return bounds;
  if (!readsHistogram(rule)) return bounds;
  const distribution = distributionOf(histogram);
  if (distribution.centres.length === 0) return bounds; // nothing but zeros
  return within(ruleRange(rule, distribution, bounds, target), bounds);
}

function ruleRange(
  rule: 'percentile' | 'mse' | 'entropy',
  distribution: Distribution,
  bounds: Range,
  target: RangeTarget,
): Range {
  switch (rule) {
    case 'percentile':
      return quantileRange(distribution, 1 - target.percentile / 100);
    case 'mse':
      return mseRange(distribution, bounds, target);
    case 'entropy':
      return entropyRange(distribution, bounds, target.grid);
  }
}

/** The common part; `bounds` where the histogram lies outside of them. */
function within(range: Range, bounds: Range): Range {
  const min = Math.max(range.min, bounds.min);
  const max = Math.min(range.max, bounds.max);
  return min <= max ? {min, max} : bounds;
}
