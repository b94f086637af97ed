import type {StatisticsSource, TensorStatistics} from './tensor_statistics.js';

/** Running moments and extremes of each channel (last axis) of a tensor. */
export class ChannelObserver {
  private count = 0;
  private readonly sum: Float64Array;
  private readonly squares: Float64Array;
  private readonly min: Float64Array;
  private readonly max: Float64Array;

  constructor(private readonly channels: number) {
    this.sum = new Float64Array(channels);
    this.squares = new Float64Array(channels);
    this.min = new Float64Array(channels).fill(Infinity);
    this.max = new Float64Array(channels).fill(-Infinity);
  }

  /** @param values channels last */
  add(values: ArrayLike<number>): void {
    const {channels, sum, squares, min, max} = this;
    for (let at = 0; at < values.length; at += channels) {
      for (let c = 0; c < channels; c++) {
        const x = values[at + c];
        sum[c] += x;
        squares[c] += x * x;
        if (x < min[c]) min[c] = x;
        if (x > max[c]) max[c] = x;
      }
    }
    this.count += values.length / channels;
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
    };
  }
}
