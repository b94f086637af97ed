import {HistogramObserver} from './histogram.js';
import type {StatisticsSource, TensorStatistics} from './tensor_statistics.js';

/** Positions summed at a time: few enough to stay in the processor's cache. */
const BLOCK = 64;

/** Running moments and extremes of each channel (last axis) of a tensor, and a histogram of them all if wanted. */
export class ChannelObserver {
  private count = 0;
  private readonly sum: Float64Array;
  private readonly squares: Float64Array;
  private readonly min: Float64Array;
  private readonly max: Float64Array;
  private readonly values?: HistogramObserver;

  constructor(
    private readonly channels: number,
    {histogram = false}: {readonly histogram?: boolean} = {},
  ) {
    this.sum = new Float64Array(channels);
    this.squares = new Float64Array(channels);
    this.min = new Float64Array(channels).fill(Infinity);
    this.max = new Float64Array(channels).fill(-Infinity);
    if (histogram) this.values = new HistogramObserver(channels);
  }

  /** @param values channels last */
  add(values: ArrayLike<number>): void {
    const {channels} = this;
    const block = BLOCK * channels;
    for (let from = 0; from < values.length; from += block) {
      this.addBlock(values, from, Math.min(from + block, values.length));
    }
    this.count += values.length / channels;
    this.values?.add(values);
  }

  /** Rounded to 32 bits: the last bits of sums may depend on who computed the values. */
  statistics(source: StatisticsSource): TensorStatistics | undefined {
    if (this.count === 0) return undefined;
    const mean = this.sum.map(sum => sum / this.count);
    const variance = this.squares.map((s, c) => Math.max(0, s / this.count - mean[c] * mean[c]));
    const std = variance.map(Math.sqrt);
    return {
      source,
      mean: mean.map(Math.fround),
      std: std.map(Math.fround),
      min: this.min,
      max: this.max,
      histogram: this.values?.histogram(),
    };
  }

  /** Channel by channel: running values stay in registers, which is twice as fast as row by row. */
  private addBlock(values: ArrayLike<number>, from: number, to: number): void {
    const {channels} = this;
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      let squares = 0;
      let min = this.min[c];
      let max = this.max[c];
      for (let i = from + c; i < to; i += channels) {
        const x = values[i];
        sum += x;
        squares += x * x;
        if (x < min) min = x;
        if (x > max) max = x;
      }
      this.sum[c] += sum;
      this.squares[c] += squares;
      this.min[c] = min;
      this.max[c] = max;
    }
  }
}
