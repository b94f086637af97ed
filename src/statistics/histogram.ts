import {randomSource} from './random.js';

/** Bins on each side of 0. */
const HALF = 4096;

/** How many values of one tensor are counted, about; large batches count a share of all of theirs. */
const SAMPLED = 1 << 15;
const SHARE = 1 / 16;

/** Width of the bins of nothing: the smallest float32 value. */
const NARROWEST = 2 ** -149;

/**
 * How often the values of a tensor occur, all channels together.
 *
 * Bin i holds the values of [(i − counts.length / 2) · width, (i + 1 − counts.length / 2) · width);
 * zeros, of which a ReLU makes many and which every grid represents exactly, are counted apart.
 */
export interface Histogram {
  /** A power of two, in the tensor's units. */
  readonly width: number;
  readonly counts: Uint32Array;
  readonly zeros: number;
}

/**
 * Counts values into bins that widen as larger values come. Widths are powers of two and a bin
 * begins at 0, so that doubling merges pairs of bins exactly: the order of the values is of no
 * consequence.
 *
 * Of large tensors a random share of the positions (all channels of each) is counted, the same in
 * every run. NaN and ±∞ are left out.
 */
export class HistogramObserver {
  private width = NARROWEST;
  private readonly counts = new Uint32Array(2 * HALF);
  private zeros = 0;
  private readonly random = randomSource(1);

  constructor(private readonly channels: number) {}

  /** @param values channels last */
  add(values: ArrayLike<number>): void {
    const {channels} = this;
    const target = Math.max(SAMPLED, values.length * SHARE);
    const step = Math.max(1, values.length / target);
    for (let row = 0; row * channels < values.length; row = this.next(row, step)) {
      this.addRow(values, row * channels, (row + 1) * channels);
    }
  }

  histogram(): Histogram {
    const {width, counts, zeros} = this;
    return {width, counts, zeros};
  }

  /** A later position, `step` away on average. */
  private next(row: number, step: number): number {
    return step <= 1 ? row + 1 : row + 1 + Math.floor(this.random() * (2 * step - 1));
  }

  private addRow(values: ArrayLike<number>, from: number, to: number): void {
    const {counts} = this;
    let inverse = 1 / this.width;
    for (let i = from; i < to; i++) {
      const x = values[i];
      if (x === 0) {
        this.zeros++;
        continue;
      }
      const bin = Math.floor(x * inverse) + HALF;
      if (bin >= 0 && bin < 2 * HALF) {
        counts[bin]++;
      } else if (Number.isFinite(x)) {
        this.widen(Math.abs(x));
        inverse = 1 / this.width;
        counts[Math.floor(x * inverse) + HALF]++;
      }
    }
  }

  /** Until `magnitude` fits. */
  private widen(magnitude: number): void {
    const isEmpty = this.width === NARROWEST && this.counts.every(count => count === 0);
    while (magnitude >= HALF * this.width) {
      this.width *= 2;
      if (!isEmpty) mergePairs(this.counts);
    }
  }
}

/** Puts the counts of bins of twice the width in place of those given. */
function mergePairs(counts: Uint32Array): void {
  const half = counts.length / 2;
  for (let i = 0; i < half; i += 2) {
    // From the middle outwards, which overwrites nothing that is still to be read.
    counts[half + i / 2] = counts[half + i] + counts[half + i + 1];
    counts[half - 1 - i / 2] = counts[half - 1 - i] + counts[half - 2 - i];
  }
  counts.fill(0, 0, half / 2);
  counts.fill(0, half + half / 2);
}
