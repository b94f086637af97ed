import {bestClass, mostProbable} from '../../../demo/classify/ranking.js';
import {RECENT, Tally} from '../../../demo/classify/tally.js';
import type {Judged} from '../../../demo/worker/predictions.js';

/** Logits of which class `best` is the highest, of three. */
const logits = (best: number) => Float32Array.from([0, 1, 2], i => (i === best ? 5 : 0));

/** An image of class 1 that float and DFQ take for these, and when. */
function judged(float: number, dfq: number, milliseconds: number): Judged {
  const prediction = (best: number) => ({logits: logits(best), milliseconds});
  return {
    label: 1,
    predictions: {float: prediction(float), plain: prediction(0), dfq: prediction(dfq)},
  };
}

describe('the tally of a version', () => {
  it('counts what was right and what agrees with float, each for itself', () => {
    const tally = new Tally('dfq');
    for (const [float, dfq] of [[1, 1], [2, 1], [2, 2], [1, 0]]) tally.add(judged(float, dfq, 1)); // prettier-ignore
    expect(tally.images).toBe(4);
    expect(tally.accuracy).toBe(0.5);
    expect(tally.agreement).toBe(0.5);
    expect(tally.recent).toEqual([true, true, false, false]);
  });

  it('has the median of all times, and the rate of the latest', () => {
    const tally = new Tally('dfq');
    for (let i = 0; i < RECENT; i++) tally.add(judged(1, 1, 1000));
    for (let i = 0; i < RECENT + 1; i++) tally.add(judged(1, 1, 4));
    expect(tally.milliseconds).toBe(4);
    expect(tally.throughput).toBe(250);
    expect(tally.recent.length).toBe(RECENT);
  });
});

describe('the ranking of classes', () => {
  it('is by softmax, best first, ties by number', () => {
    const beliefs = mostProbable(Float32Array.from([0, Math.log(2), 0, 1000 - 1000]), 3);
    expect(beliefs.map(({label}) => label)).toEqual([1, 0, 2]);
    expect(beliefs[0].probability).toBeCloseTo(0.4, 6);
  });

  it('bears large logits', () => {
    expect(mostProbable(Float32Array.from([1e4, 0]), 2)[0]).toEqual({label: 0, probability: 1});
    expect(bestClass(Float32Array.from([-3, -1, -1]))).toBe(1);
  });
});
