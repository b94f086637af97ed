import {ChannelObserver} from '../../../src/statistics/channel_observer.js';
import {distributionOf, quantileRange} from '../../../src/statistics/distribution.js';
import {type Histogram, HistogramObserver} from '../../../src/statistics/histogram.js';
import {Random} from '../../backend/oracle/random.js';

function observed(...batches: ArrayLike<number>[]): Histogram {
  const observer = new HistogramObserver(1);
  for (const batch of batches) observer.add(batch);
  return observer.histogram();
}

/** [lower edge, count] of the bins that are not empty. */
function bins({width, counts}: Histogram): [number, number][] {
  return [...counts.entries()]
    .filter(([, count]) => count > 0)
    .map(([i, count]) => [(i - counts.length / 2) * width, count]);
}

describe('HistogramObserver', () => {
  it('counts into bins whose width is a power of two, zeros apart', () => {
    const histogram = observed([0, 4095, -0, 7.9, 7.1, -0.1, -1]);
    expect(histogram.width).toBe(1);
    expect(histogram.zeros).toBe(2);
    expect(bins(histogram)).toEqual([
      [-1, 2],
      [7, 2],
      [4095, 1],
    ]);
  });

  it('widens by merging, whatever the order', () => {
    const random = new Random(3);
    const values = Array.from(
      {length: 3000},
      () => (random.next() - 0.4) * 2 ** (20 * random.next()),
    );
    const ascending = [...values].sort((a, b) => Math.abs(a) - Math.abs(b));
    const expected = observed([...ascending].reverse());
    for (const order of [values, ascending]) {
      expect(observed(order)).toEqual(expected);
      expect(observed(order.slice(0, 900), order.slice(900))).toEqual(expected);
    }
    const {width, counts} = expected;
    for (const [edge, count] of bins(expected)) {
      expect(values.filter(v => v >= edge && v < edge + width).length).toBe(count);
    }
    expect(counts.reduce((a, b) => a + b)).toBe(3000);
  });

  it('leaves out what is no finite number, and serves the smallest of them', () => {
    const histogram = observed([NaN, Infinity, -Infinity, 2 ** -149, -(2 ** -149)]);
    expect(bins(histogram)).toEqual([
      [-(2 ** -149), 1],
      [2 ** -149, 1],
    ]);
  });

  it('takes a share of the positions of large tensors, all channels of each', () => {
    const channels = 8;
    const values = Float32Array.from({length: 40_000 * channels}, (_, i) => 1 + (i % channels));
    const observer = new HistogramObserver(channels);
    observer.add(values);
    const counts = bins(observer.histogram()).map(([, count]) => count);
    expect(new Set(counts).size).toBe(1);
    expect(counts.length).toBe(channels);
    expect(counts[0] * channels).toBeGreaterThan(30_000);
    expect(counts[0] * channels).toBeLessThan(36_000);
    const again = new HistogramObserver(channels);
    again.add(values);
    expect(again.histogram()).toEqual(observer.histogram());
  });

  it('belongs to the statistics of an observed tensor where it is wanted', () => {
    const observer = new ChannelObserver(2, {histogram: true});
    observer.add([0, 1, 2, 3]);
    const {histogram} = observer.statistics('probe') ?? {};
    expect(histogram && bins(histogram).map(([edge]) => edge)).toEqual([1, 2, 3]);
    expect(histogram?.zeros).toBe(1);
  });
});

describe('quantileRange', () => {
  it('drops a share of the values at each end', () => {
    const values = Array.from({length: 1000}, (_, i) => i + 1); // 1 … 1000, bins of ¼
    const range = quantileRange(distributionOf(observed(values)), 0.01);
    expect(range).toEqual({min: 11, max: 990.25});
  });

  it('stops at zeros', () => {
    const distribution = distributionOf(observed([-1, ...new Array<number>(98).fill(0), 5]));
    expect(quantileRange(distribution, 0.02).min).toBeCloseTo(0, 2);
    expect(quantileRange(distribution, 0.02).max).toBeCloseTo(0, 2);
    expect(quantileRange(distribution, 0).min).toBeCloseTo(-1, 2);
    expect(quantileRange(distribution, 0).max).toBeCloseTo(5, 2);
  });
});
