import {log} from '../quant/elementary.js';
import type {Grid} from '../quant/grid.js';
import type {Range} from '../quant/range.js';
import type {Distribution} from './distribution.js';

/** Shares of the largest magnitude that are tried as t: 1, 1 − 1/CANDIDATES, … */
const CANDIDATES = 100;

/** The narrowest of them. */
const NARROWEST = 0.1;

/**
 * The part of `bounds` within ±t for which quantizing loses the least information (Migacz 2017, the
 * entropy calibration of TensorRT):
 *
 *   KL(P ‖ Q) = Σ P ln(P / Q)
 *
 * P are the values with what lies beyond put into the last bins, Q the values inside after
 * quantization: each step of the grid spreads its values evenly over its bins that are not empty.
 * Exact zeros, which no range changes, are left out.
 */
export function entropyRange(distribution: Distribution, bounds: Range, grid: Grid): Range {
  const levels = grid.max - grid.min + 1;
  const prefix = prefixSums(distribution.counts);
  let [best, least] = [1, Infinity];
  for (let i = 0; i < CANDIDATES * (1 - NARROWEST); i++) {
    const share = 1 - i / CANDIDATES;
    const own = divergence(distribution.centres, prefix, clipped(bounds, share), levels);
    if (own < least) [best, least] = [share, own];
  }
  return clipped(bounds, best);
}

/** What is left of the bounds within a share of their larger magnitude on either side of 0. */
function clipped({min, max}: Range, share: number): Range {
  const threshold = share * Math.max(-min, max);
  return {min: Math.max(Math.min(min, 0), -threshold), max: Math.min(Math.max(max, 0), threshold)};
}

/** Element i: over the first i bins, of counts n. */
interface PrefixSums {
  readonly n: Float64Array;
  /** n ln n */
  readonly nLogN: Float64Array;
}

export function prefixSums(counts: Float64Array): PrefixSums {
  const n = new Float64Array(counts.length + 1);
  const nLogN = new Float64Array(counts.length + 1);
  counts.forEach((count, i) => {
    n[i + 1] = n[i] + count;
    nLogN[i + 1] = nLogN[i] + nLog(count);
  });
  return {n, nLogN};
}

/**
 * KL(P ‖ Q) for values clipped to a range of so many steps; Infinity where nothing is inside. With N
 * values in all, M of them inside, and m of M in the k bins of a step, P = n / N and Q = m / (k M):
 *
 *   N · KL = Σ n ln n − N ln N − Σ_steps (Σ n) ln (m / (k M))                (9)
 *
 * @param centres of the bins, ascending
 */
export function divergence(
  centres: Float64Array,
  {n, nLogN}: PrefixSums,
  {min, max}: Range,
  levels: number,
): number {
  const first = countBelow(centres, min);
  const end = countBelow(centres, max);
  if (first >= end) return Infinity;
  const total = n[centres.length];
  const inside = n[end] - n[first];
  const step = (max - min) / levels;
  let result = clippedNLogN(n, nLogN, first, end) - nLog(total);
  for (let from = first; from < end;) {
    const edge = min + step * (Math.floor((centres[from] - min) / step) + 1);
    let to = from + 1;
    while (to < end && centres[to] < edge) to++;
    const mass = n[to] - n[from];
    const clipped = (to === end ? total : n[to]) - (from === first ? 0 : n[from]);
    result -= clipped * log(mass / ((to - from) * inside));
    from = to;
  }
  return result / total;
}

/** Σ n ln n with what lies outside of the bins put into the outermost two. */
function clippedNLogN(n: Float64Array, nLogN: Float64Array, first: number, end: number): number {
  const total = n[n.length - 1];
  if (end - first === 1) return nLog(total);
  return nLogN[end - 1] - nLogN[first + 1] + nLog(n[first + 1]) + nLog(total - n[end - 1]);
}

function nLog(n: number): number {
  return n > 0 ? n * log(n) : 0;
}

/** How many of the ascending values are below `limit`. */
function countBelow(values: Float64Array, limit: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
