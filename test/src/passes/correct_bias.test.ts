import * as tf from '@tensorflow/tfjs-core';
import type {Graph} from '../../../src/graph/graph.js';
import {layerOf, setBias} from '../../../src/graph/layer.js';
import {correctBias} from '../../../src/passes/correct_bias.js';
import {empiricalBiases, withRoundedFilters} from '../../../src/passes/empirical_bias.js';
import {estimateStatistics} from '../../../src/passes/estimate_statistics.js';
import type {PassOptions} from '../../../src/passes/pass.js';
import {quantizeWeights} from '../../../src/passes/quantize_weights.js';
import {probeInputs} from '../../../src/statistics/model_inputs.js';
import {runGraph} from '../../../src/statistics/run_graph.js';
import {contextOf, graphOf, type TestContext} from '../fixtures.js';

/** Padded, with a split and a sum: what stages have to carry past a layer. */
const NET = `
  x = Placeholder()
  c1 = Conv2D(x, ~3x3x3x4) strides=[1 1 1 1] padding=SAME dilations=[1 1 1 1]
  r1 = Relu(c1)
  c2 = Conv2D(r1, ~3x3x4x4) strides=[1 2 2 1] padding=SAME dilations=[1 1 1 1]
  r2 = Relu(c2)
  halves = Split(i32<: 3>, r2) num_split=2
  a = Conv2D(halves, ~1x1x2x4) strides=[1 1 1 1] padding=SAME dilations=[1 1 1 1]
  b = Conv2D(halves:1, ~1x1x2x4) strides=[1 1 1 1] padding=SAME dilations=[1 1 1 1]
  sum = AddV2(a, b)
  r3 = Relu(sum)
  c4 = Conv2D(r3, ~1x1x4x3) strides=[1 1 1 1] padding=SAME dilations=[1 1 1 1]
  y = Relu(c4)
  return y`;

const SHAPES = {x: [1, 12, 12, 3]};

async function prepared(options: Partial<PassOptions> = {}): Promise<[Graph, TestContext]> {
  const graph = graphOf(NET, SHAPES);
  const context = contextOf({weightBits: 3, ...options});
  await estimateStatistics.run(graph, context);
  await quantizeWeights.run(graph, context);
  return [graph, context];
}

const inputsOf = (graph: Graph) =>
  Array.from({length: 3}, (_, i) => () => probeInputs(graph, i, {}));

/** What the layers compute, biases included, for each of the inputs. */
async function resultsOf(graph: Graph): Promise<Map<string, number[][]>> {
  const outputs = graph.nodes.flatMap(node => layerOf(graph, node)?.output ?? []);
  const results = new Map<string, number[][]>(outputs.map(ref => [ref, []]));
  await runGraph(
    graph,
    inputsOf(graph),
    ({ref, values}) => void results.get(ref)?.push(Array.from(values())),
    outputs,
  );
  return results;
}

/** Mean of each channel over the places that `isCounted` says, or over all where it says none. */
function meansOf(
  samples: readonly number[][],
  channels: number,
  isCounted: (sample: number, i: number) => boolean,
): number[] {
  return Array.from({length: channels}, (_, c) => {
    const own = (accepts: typeof isCounted) =>
      samples.flatMap((values, sample) =>
        values.filter((_, i) => i % channels === c && accepts(sample, i)),
      );
    const some = own(isCounted);
    const counted = some.length > 0 ? some : own(() => true);
    return counted.reduce((sum, value) => sum + value, 0) / counted.length;
  });
}

const textsOf = ({rewrites}: TestContext) => [...new Set(rewrites.map(({text}) => text))];

describe('empiricalBiases', () => {
  it('gives every layer of the rounded network its float means, where a ReLU lets them through', async () => {
    const [graph, {plan}] = await prepared();
    const biases = await empiricalBiases(graph, plan.filters, inputsOf(graph));
    const rounded = withRoundedFilters(graph, plan.filters);
    for (const [name, bias] of biases) {
      const layer = layerOf(rounded, rounded.node(name));
      if (layer !== undefined) setBias(rounded, layer, bias);
    }
    const [float, actual] = [await resultsOf(graph), await resultsOf(rounded)];
    expect(biases.size).toBe(5);
    expect(float.size).toBe(5);
    for (const [ref, samples] of float) {
      const isRectified = graph.users(ref).every(({op}) => op === 'Relu');
      expect(isRectified).toBe(graph.users(ref)[0].name !== 'sum');
      const channels = graph.users(ref)[0].name === 'y' ? 3 : 4;
      const isLive = (sample: number, i: number) => !isRectified || samples[sample][i] > 0;
      const wanted = meansOf(samples, channels, isLive);
      const largest = Math.max(...wanted.map(Math.abs));
      meansOf(actual.get(ref) ?? [], channels, isLive).forEach((mean, c) =>
        expect(Math.abs(mean - wanted[c])).toBeLessThan(1e-4 * largest),
      );
    }
  });

  it('takes all places of a channel that a ReLU never lets through', async () => {
    const [graph, {plan}] = await prepared();
    const layer = layerOf(graph, graph.node('c2'));
    if (layer === undefined) throw new Error('c2 is no layer');
    setBias(graph, layer, Float32Array.of(-1000, 0, 0, 0));
    const biases = await empiricalBiases(graph, plan.filters, inputsOf(graph));
    const correction = (biases.get('c2')?.[0] ?? NaN) + 1000;
    expect(Math.abs(correction)).toBeGreaterThan(0);
    expect(Math.abs(correction)).toBeLessThan(10);
  });

  it('leaves biases that are known, and no tensors', async () => {
    const [graph, {plan}] = await prepared();
    const known = new Map([['c2', Float32Array.of(1, 2, 3, 4)]]);
    const before = tf.memory().numTensors;
    const parts: number[] = [];
    const biases = await empiricalBiases(graph, plan.filters, inputsOf(graph), {
      known,
      progress: async (done, total) => void parts.push(done / total),
    });
    expect(biases.get('c2')).toEqual(known.get('c2'));
    expect(parts).toEqual(parts.map((_, i) => (i + 1) / (2 * plan.filters.size)));
    expect(parts.at(-1)).toBe(1);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('correct-bias', () => {
  it('compares means where only the probe tells of the operands; the image is known', async () => {
    const [graph, context] = await prepared();
    await correctBias.run(graph, context);
    expect(context.rewrites.map(({node, text}) => [node, text])).toEqual([
      ['c1', 'corrected with probe statistics'],
      ...['c2', 'a', 'b', 'c4'].map(name => [name, 'corrected by comparing means on the probe']),
    ]);
  });

  it('trusts batch norm', async () => {
    const [graph, context] = await prepared();
    context.plan.statistics = new Map(
      [...context.plan.statistics].map(([ref, own]) => [ref, {...own, source: 'batch-norm'}]),
    );
    await correctBias.run(graph, context);
    expect(textsOf(context)).toEqual(['corrected with batch-norm statistics']);
  });

  it('is analytic or empirical throughout where asked to be', async () => {
    for (const [biasCorrection, text] of [
      ['analytic', 'corrected with probe statistics'],
      ['empirical', 'corrected by comparing means on the probe'],
    ] as const) {
      const [graph, context] = await prepared({biasCorrection});
      await correctBias.run(graph, context);
      expect(textsOf(context)).toEqual([text]);
    }
  });

  it('scores both and keeps the better', async () => {
    const [graph, context] = await prepared({biasCorrection: 'both'});
    await correctBias.run(graph, context);
    const [scores, how] = textsOf(context);
    const [, first, second] = /leave (.*) dB analytic, (.*) dB empirical/.exec(scores) ?? [];
    expect(Number(first)).toBeGreaterThan(0);
    expect(how).toBe(
      Number(second) > Number(first)
        ? 'corrected by comparing means on the probe'
        : 'corrected with probe statistics',
    );
  });
});
