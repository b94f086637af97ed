import type {Histogram} from './histogram.js';

/** Where the statistics of a tensor came from, best first. */
export type StatisticsSource = 'calibration' | 'batch-norm' | 'sidecar' | 'probe';

/** Mean and standard deviation of each channel (last axis), in the tensor's units. */
export interface ChannelMoments {
  readonly mean: Float64Array;
  readonly std: Float64Array;
}

/** Per channel (last axis); all arrays have one element a channel. */
export interface TensorStatistics extends ChannelMoments {
  readonly source: StatisticsSource;
  /** Smallest and largest value to be represented. */
  readonly min: Float64Array;
  readonly max: Float64Array;
  /** Of a sample of all values, where the tensor was observed. */
  readonly histogram?: Histogram;
}
