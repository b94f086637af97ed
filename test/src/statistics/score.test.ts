import * as tf from '@tensorflow/tfjs-core';
import type {Graph} from '../../../src/graph/graph.js';
import {probeInputs} from '../../../src/statistics/model_inputs.js';
import {heldOutInputs, relativeError, Scorer} from '../../../src/statistics/score.js';
import {isClassifierOutput, scoredTensors} from '../../../src/statistics/scored_tensors.js';
import {graphOf} from '../fixtures.js';

const CLASSIFIER = `
  x = Placeholder()
  m = MatMul(x, f32<2x3: 1 0 0 0 1 0>)
  return m`;

/** [1, 2] · W for each of the rows. */
const rows = (...values: number[][]) => values.map(row => () => ({x: tf.tensor2d([row])}));

const matMul = (weights: string) =>
  graphOf(CLASSIFIER.replace('1 0 0 0 1 0', weights), {x: [-1, 2]});

describe('Scorer', () => {
  it('tells signal from noise, over all inputs', async () => {
    const scorer = await Scorer.of(matMul('1 0 0 0 1 0'), rows([3, 4], [0, 5]));
    const {sqnr, outputs} = await scorer.score({graph: matMul('1 0 0 0 1 0.1')});
    // Signal 9 + 16 + 25, noise 0.16 + 0.25.
    expect(sqnr).toBeCloseTo(10 * Math.log10(50 / 0.41), 5);
    expect(outputs).toEqual([{ref: 'm', sqnr: expect.closeTo(sqnr, 9) as number, agreement: 1}]);
  });

  it('counts the arg-maxima that agree', async () => {
    const scorer = await Scorer.of(matMul('1 0 0 0 1 0'), rows([3, 4], [4, 3], [1, 5], [5, 1]));
    const {outputs} = await scorer.score({graph: matMul('1 0 0 0 0.7 0')});
    expect(outputs[0].agreement).toBe(0.75);
  });

  it('is infinite for the graph itself, and leaves no tensors', async () => {
    const graph = matMul('1 2 3 4 5 6');
    const before = tf.memory().numTensors;
    const scorer = await Scorer.of(graph, rows([1, 2]), ['m']);
    expect(await scorer.score({graph})).toEqual({
      sqnr: Infinity,
      outputs: [{ref: 'm', sqnr: Infinity, agreement: 1}],
      tensors: [{ref: 'm', sqnr: Infinity, agreement: 1}],
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is −Infinity where the candidate computes NaN', async () => {
    const scorer = await Scorer.of(matMul('1 0 0 0 1 0'), rows([1, 2]));
    const {sqnr} = await scorer.score({graph: matMul('NaN 0 0 0 1 0')});
    expect(sqnr).toBe(-Infinity);
  });

  it('averages the noise of several outputs', async () => {
    const text = (a: string, b: string) => `
      x = Placeholder()
      a = MatMul(x, f32<2x1: ${a}>)
      b = MatMul(x, f32<2x1: ${b}>)
      return a, b`;
    const scorer = await Scorer.of(graphOf(text('1 0', '0 1'), {x: [-1, 2]}), rows([1, 1]));
    const {sqnr, outputs} = await scorer.score({
      graph: graphOf(text('1.1 0', '0 1'), {x: [-1, 2]}),
    });
    expect(outputs.map(output => output.sqnr)).toEqual([expect.closeTo(20, 4), Infinity]);
    expect(sqnr).toBeCloseTo(10 * Math.log10(2 / 0.01), 4);
  });
});

describe('heldOutInputs', () => {
  it('makes other inputs than those of the statistics, the same each time', () => {
    const graph = matMul('1 0 0 0 1 0');
    const values = (index: number) =>
      tf.tidy(() => Array.from(heldOutInputs(graph, {}, 2)[index]()['x'].dataSync()));
    expect(values(0)).not.toEqual(values(1));
    expect(values(1)).toEqual(values(1));
    const measured = tf.tidy(() => Array.from(probeInputs(graph, 0, {})['x'].dataSync()));
    expect(values(0)).not.toEqual(measured);
  });
});

describe('relativeError', () => {
  it('is 0.1 at 20 dB and 0 without noise', () => {
    expect(relativeError(20)).toBeCloseTo(0.1, 12);
    expect(relativeError(Infinity)).toBe(0);
  });
});

describe('scoredTensors', () => {
  const detector = (rest: string): Graph =>
    graphOf(`
      x = Placeholder()
      heat = MatMul(x, ~4x8)
      ${rest}`);

  it('are the outputs', () => {
    expect(scoredTensors(detector('y = Sigmoid(heat)\n return y'))).toEqual(['y']);
  });

  it('are what a discrete output is selected from', () => {
    const graph = detector(`
      s = Sigmoid(heat)
      best = ArgMax(s, i32<: 1>)
      boxes = MatMul(x, ~4x8)
      picked = GatherV2(boxes, best, i32<: 0>)
      return picked, best`);
    expect(scoredTensors(graph)).toEqual(['boxes', 's']);
  });

  it('leave out what no layer changes', () => {
    const graph = detector('shape = Shape(heat)\n y = Mul(x, x)\n return shape, y, heat');
    expect(scoredTensors(graph)).toEqual(['heat']);
  });
});

describe('isClassifierOutput', () => {
  const graph = graphOf(`
    x = Placeholder()
    m = MatMul(x, ~4x8)
    p = Softmax(m)
    y = Relu(m)
    return p, y`);

  it('takes vectors of logits or probabilities, and no features or maps', () => {
    expect(isClassifierOutput(graph, 'm', [1, 8])).toBe(true);
    expect(isClassifierOutput(graph, 'p', [1, 8])).toBe(true);
    expect(isClassifierOutput(graph, 'y', [1, 8])).toBe(false);
    expect(isClassifierOutput(graph, 'p', [1, 4, 8])).toBe(false);
  });
});
