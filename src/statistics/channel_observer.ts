import type {StatisticsLoops, ChannelSums} from '../ops.js';
import {HistogramObserver} from './histogram.js';
import {scalarLoops} from './scalar_loops.js';
import type {StatisticsSource, TensorStatistics} from './tensor_statistics.js';

/** Running moments and extremes of each channel (last axis) of a tensor, and a histogram of them all if wanted. */
export class ChannelObserver {
  private count = 0;
  private readonly sums: ChannelSums;
  private readonly values?: HistogramObserver;

  constructor(
    private readonly channels: number,
    {histogram = false}: {readonly histogram?: boolean} = {},
  ) {
    this.sums = {
      sum: new Float64Array(channels),
      squares: new Float64Array(channels),
      min: new Float64Array(channels).fill(Infinity),
      max: new Float64Array(channels).fill(-Infinity),
    };
    if (histogram) this.values = new HistogramObserver(channels);
  }

  /** What the moments of some more values of each channel are to be added to; without a histogram. */
  expect(count: number): ChannelSums {
    this.count += count;
    return this.sums;
  }

  /** @param values float32, channels last */
  add(values: ArrayLike<number>, loops: StatisticsLoops = scalarLoops): void {
    const floats = values instanceof Float32Array ? values : Float32Array.from(values);
    loops.addMoments(floats, this.sums);
    this.count += values.length / this.channels;
    this.values?.add(values);
  }

  /** Rounded to 32 bits: the last bits of sums may depend on who computed the values. */
  statistics(source: StatisticsSource): TensorStatistics | undefined {
    if (this.count === 0) return undefined;
    const {sum, squares, min, max} = this.sums;
    const mean = sum.map(total => total / this.count);
    const variance = squares.map((s, c) => Math.max(0, s / this.count - mean[c] * mean[c]));
    const std = variance.map(Math.sqrt);
    return {
      source,
      mean: mean.map(Math.fround),
      std: std.map(Math.fround),
      min,
      max,
      histogram: this.values?.histogram(),
    };
  }
}
