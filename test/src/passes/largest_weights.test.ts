import {type LayerPeaks, LargestWeights} from '../../../src/passes/largest_weights.js';
import {Random} from '../../backend/oracle/random.js';

const ROWS = 20;
const COLUMNS = 30;

/** Variables 1 … 20 are read, 21 … 50 written. */
function randomPeaks(random: Random): LayerPeaks {
  return {
    reads: Int32Array.from({length: ROWS}, (_, i) => 1 + i),
    writes: Int32Array.from({length: COLUMNS}, (_, j) => 1 + ROWS + j),
    peaks: Float32Array.from({length: ROWS * COLUMNS}, () => random.next()),
  };
}

/** "read → write" of the largest of each row and column, one by one. */
function largestOf({reads, writes, peaks}: LayerPeaks, scales: Float64Array): string[] {
  const rangeOf = (i: number, j: number) =>
    (peaks[i * COLUMNS + j] * scales[reads[i]]) / scales[writes[j]];
  const best = (indices: number[], range: (index: number) => number) =>
    indices.reduce((a, b) => (range(b) > range(a) ? b : a));
  const rows = [...reads.keys()];
  const columns = [...writes.keys()];
  const name = (i: number, j: number) => `${reads[i]} → ${writes[j]}`;
  return [
    ...rows.map(i =>
      name(
        i,
        best(columns, j => rangeOf(i, j)),
      ),
    ),
    ...columns.map(j =>
      name(
        best(rows, i => rangeOf(i, j)),
        j,
      ),
    ),
  ];
}

describe('largest weights of a layer', () => {
  for (const step of [0.01, 0.1, 1, 5]) {
    it(`are found while scales move by up to ${step}`, () => {
      const random = new Random(7);
      const peaks = randomPeaks(random);
      const largest = new LargestWeights(peaks);
      const x = new Float64Array(1 + ROWS + COLUMNS);
      const found = new Map<string, number>();
      for (let round = 0; round < 40; round++) {
        const scales = x.map(Math.exp);
        largest.find(x, scales, (read, write, weight) => {
          const name = `${read} → ${write}`;
          expect(found.has(name)).toBe(false);
          found.set(name, weight);
        });
        expect(largestOf(peaks, scales).filter(name => !found.has(name))).toEqual([]);
        for (let v = 1; v < x.length; v++) x[v] += (2 * random.next() - 1) * step;
      }
      expect(found.size).toBeGreaterThan(COLUMNS);
      const [read, write] = [3, 5];
      const weight = found.get(`${peaks.reads[read]} → ${peaks.writes[write]}`);
      const expected = Math.log(peaks.peaks[read * COLUMNS + write]);
      if (weight !== undefined) expect(Math.abs(weight - expected)).toBeLessThan(1e-12);
    });
  }

  it('stay in sight, and few others, until scales have drifted apart', () => {
    const peaks = randomPeaks(new Random(7));
    const largest = new LargestWeights(peaks);
    const x = new Float64Array(1 + ROWS + COLUMNS);
    expect(largest.effort(x)).toBe(ROWS * COLUMNS);
    for (let round = 0; round < 2; round++) largest.find(x, x.map(Math.exp), () => undefined);
    const inSight = largest.effort(x);
    expect(inSight).toBeLessThan((ROWS * COLUMNS) / 2);
    expect(largest.effort(x.map(() => 3))).toBe(inSight); // all alike
    expect(largest.effort(x.map((_, v) => (v === 4 ? 0.4 : 0)))).toBe(ROWS * COLUMNS);
  });

  it('of channels that are not scaled do not count', () => {
    const random = new Random(7);
    const {peaks} = randomPeaks(random);
    const largest = new LargestWeights({
      reads: new Int32Array(ROWS),
      writes: new Int32Array(COLUMNS),
      peaks,
    });
    const x = new Float64Array(1);
    for (let round = 0; round < 2; round++) {
      largest.find(x, x.map(Math.exp), () => {
        throw new Error('found one');
      });
    }
    expect(largest.effort(x)).toBe(0);
  });
});
