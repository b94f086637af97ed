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

/** Mean of each channel of the layers' results, biases included. */
async function means(graph: Graph): Promise<Map<string, number[]>> {
  const outputs = graph.nodes.flatMap(node => layerOf(graph, node)?.output ?? []);
  const sums = new Map<string, number[]>();
  await runGraph(
    graph,
    inputsOf(graph),
    ({ref, shape, values}) => {
      const channels = shape[shape.length - 1];
      const own = sums.get(ref) ?? new Array<number>(channels).fill(0);
      Array.from(values()).forEach((value, i) => (own[i % channels] += value));
      sums.set(ref, own);
    },
    outputs,
  );
  return sums;
}

function expectSameMeans(actual: Map<string, number[]>, wanted: Map<string, number[]>): void {
  expect([...actual.keys()]).toEqual([...wanted.keys()]);
  for (const [ref, values] of wanted) {
    const largest = Math.max(...values.map(Math.abs));
    values.forEach((value, c) =>
      expect(Math.abs((actual.get(ref)?.[c] ?? NaN) - value)).toBeLessThan(1e-4 * largest),
    );
  }
}

const textsOf = ({rewrites}: TestContext) => [...new Set(rewrites.map(({text}) => text))];

describe('empiricalBiases', () => {
  it('gives every layer of the rounded network its float means', async () => {
    const [graph, {plan}] = await prepared();
    const biases = await empiricalBiases(graph, plan.filters, inputsOf(graph));
    const rounded = withRoundedFilters(graph, plan.filters);
    for (const [name, bias] of biases) {
      const layer = layerOf(rounded, rounded.node(name));
      if (layer !== undefined) setBias(rounded, layer, bias);
    }
    expect(biases.size).toBe(5);
    expectSameMeans(await means(rounded), await means(graph));
  });

  it('leaves biases that are known, and no tensors', async () => {
    const [graph, {plan}] = await prepared();
    const known = new Map([['c2', Float32Array.of(1, 2, 3, 4)]]);
    const before = tf.memory().numTensors;
    const biases = await empiricalBiases(graph, plan.filters, inputsOf(graph), known);
    expect(biases.get('c2')).toEqual(known.get('c2'));
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
