import {solveEqualization, TOLERANCE} from '../../../src/passes/equalization_solver.js';
import type {LayerPeaks} from '../../../src/passes/largest_weights.js';
import {Random} from '../../backend/oracle/random.js';

const CHANNELS = 12;
const LAYERS = 10;

/** Variables of the tensor between layer `index` and the next; the model's own ends are not scaled. */
function variablesAt(index: number): Int32Array {
  const isEnd = index < 0 || index === LAYERS - 1;
  return Int32Array.from({length: CHANNELS}, (_, c) => (isEnd ? 0 : 1 + index * CHANNELS + c));
}

const COUNT = 1 + (LAYERS - 1) * CHANNELS;

/** A chain of layers, each weight divided by the scale of what it writes and times that of what it reads. */
function chain(scales = new Float64Array(COUNT).fill(1)): LayerPeaks[] {
  const random = new Random(11);
  return Array.from({length: LAYERS}, (_, index) => {
    const [reads, writes] = [variablesAt(index - 1), variablesAt(index)];
    const peaks = Float32Array.from(
      {length: CHANNELS * CHANNELS},
      (_, at) =>
        ((0.01 + random.next()) * scales[reads[Math.floor(at / CHANNELS)]]) /
        scales[writes[at % CHANNELS]],
    );
    return {reads, writes, peaks};
  });
}

/** The largest |ln (r₁ / r₂)| / 2 of any channel, from all weights. */
function residualOf(layers: readonly LayerPeaks[], scales: Float64Array): number {
  const written = new Float64Array(COUNT);
  const read = new Float64Array(COUNT);
  for (const {reads, writes, peaks} of layers) {
    peaks.forEach((peak, at) => {
      const [r, w] = [reads[Math.floor(at / writes.length)], writes[at % writes.length]];
      const range = (peak * scales[r]) / scales[w];
      written[w] = Math.max(written[w], range);
      read[r] = Math.max(read[r], range);
    });
  }
  return written.reduce(
    (most, range, v) => (v === 0 ? 0 : Math.max(most, Math.abs(Math.log(range / read[v])) / 2)),
    0,
  );
}

function largestDifference(a: Float64Array, b: Float64Array): number {
  return a.reduce((most, own, v) => Math.max(most, Math.abs(Math.log(own / b[v]))), 0);
}

describe('equalization solver', () => {
  it('balances the weights of a chain', async () => {
    const layers = chain();
    const {scales, residual} = await solveEqualization(COUNT, layers, []);
    expect(residual).toBeLessThanOrEqual(TOLERANCE);
    expect(Math.abs(residualOf(layers, scales) - residual)).toBeLessThan(1e-6);
    expect(residualOf(layers, new Float64Array(COUNT).fill(1))).toBeGreaterThan(0.1);
  });

  it('finds the same with activations, however the channels come scaled', async () => {
    const random = new Random(5);
    const given = new Float64Array(COUNT).map((_, v) => (v === 0 ? 1 : 2 ** (random.next() * 8)));
    const activations = new Float64Array(COUNT).map(() => random.next());
    const clean = await solveEqualization(COUNT, chain(), [], activations);
    const scaled = activations.map((range, v) => range - Math.log(given[v]));
    const scrambled = await solveEqualization(COUNT, chain(given), [], scaled);
    expect(scrambled.residual).toBeLessThanOrEqual(TOLERANCE);
    const both = scrambled.scales.map((scale, v) => scale * given[v]);
    expect(largestDifference(both, clean.scales)).toBeLessThan(0.1);
    expect(largestDifference(given, clean.scales)).toBeGreaterThan(1);
  });

  it('tells of its rounds', async () => {
    const told: number[] = [];
    const onRound = (round: number) => Promise.resolve(void told.push(round));
    const {rounds} = await solveEqualization(COUNT, chain(), [], undefined, onRound);
    expect(told).toEqual(Array.from({length: rounds}, (_, i) => i + 1));
  });
});
