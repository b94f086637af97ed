import type {Range} from '../quant/range.js';
import type {Histogram} from './histogram.js';

/** The bins of a histogram that are not empty, ascending. */
export interface Distribution {
  /** Middle of each bin, in the tensor's units. */
  readonly centres: Float64Array;
  readonly counts: Float64Array;
  readonly width: number;
  readonly zeros: number;
  /** All values, zeros too. */
  readonly total: number;
}

export function distributionOf({counts, width, zeros}: Histogram): Distribution {
  const filled = [...counts.keys()].filter(i => counts[i] > 0);
  const occurrences = Float64Array.from(filled, i => counts[i]);
  return {
    centres: Float64Array.from(filled, i => (i - counts.length / 2 + 0.5) * width),
    counts: occurrences,
    width,
    zeros,
    total: zeros + occurrences.reduce((a, b) => a + b, 0),
  };
}

/** What is left of the values without the share `tail` of them at each end, to the width of a bin. */
export function quantileRange(distribution: Distribution, tail: number): Range {
  const {centres, width} = distribution;
  const drop = tail * distribution.total;
  const last = centres.length - 1;
  return {
    min: endOf(distribution, drop, i => i) - width / 2,
    max: endOf(distribution, drop, i => last - i) + width / 2,
  };
}

/** The first bin in the order of `at` that holds more than what is left to drop; zeros in their place. */
function endOf(
  {centres, counts, zeros}: Distribution,
  drop: number,
  at: (i: number) => number,
): number {
  const sign = Math.sign(centres[at(0)]);
  let left = drop;
  let passedZeros = false;
  for (let i = 0; i < centres.length; i++) {
    const bin = at(i);
    if (!passedZeros && Math.sign(centres[bin]) !== sign) {
      passedZeros = true;
      left -= zeros;
      if (left < 0) return 0;
    }
    left -= counts[bin];
    if (left < 0) return centres[bin];
  }
  return 0;
}
