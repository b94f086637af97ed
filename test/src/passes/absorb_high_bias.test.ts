import * as tf from '@tensorflow/tfjs-core';
import {exportModel} from '../../../src/graph/export_model.js';
import type {Graph} from '../../../src/graph/graph.js';
import {layerOf} from '../../../src/graph/layer.js';
import {absorbHighBias, positiveShift} from '../../../src/passes/absorb_high_bias.js';
import {canonicalize} from '../../../src/passes/canonicalize.js';
import {estimateStatistics} from '../../../src/passes/estimate_statistics.js';
import {probe} from '../../../src/statistics/probe.js';
import {contextOf, expectClose, graphOf, randomTensor} from '../fixtures.js';

const SAME = 'strides=[1 1 1 1] dilations=[1 1 1 1] padding=SAME';
const VALID = 'strides=[1 1 1 1] dilations=[1 1 1 1] padding=VALID';
const IMAGE = {x: [1, 6, 6, 2]};
const WINDOW = 'ksize=[1 2 2 1] strides=[1 2 2 1] padding=VALID';

/** On inputs of the probe's range, [−1, 1]: what lies lower than all that was seen is not promised. */
async function evaluate(graph: Graph) {
  const model = await exportModel(graph);
  const x = randomTensor(IMAGE.x, 11, -1, 1);
  const y = model.execute({x}) as tf.Tensor;
  const values = y.dataSync();
  tf.dispose([x, y]);
  model.dispose();
  return [values];
}

async function absorbed(text: string) {
  const graph = graphOf(text, IMAGE);
  const context = contextOf();
  await canonicalize.run(graph, context);
  await estimateStatistics.run(graph, context);
  const before = await evaluate(graph);
  await absorbHighBias.run(graph, context);
  expectClose(await evaluate(graph), before, 1e-5);
  return {graph, context};
}

/** Layers with means far from 0, what is between them from 'b' to 'r', and one that reads that. */
const chain = (between: string, reader = `Conv2D(r, ~1x1x3x2) ${SAME}`) => `
  x = Placeholder()
  a = Conv2D(x, ~1x1x2x3) ${VALID}
  b = BiasAdd(a, f32<3: 20 9 -1>)
  ${between}
  c = ${reader}
  y = Neg(c)
  return y`;

const biasOf = (graph: Graph, name: string) => {
  const layer = layerOf(graph, graph.node(name));
  return [...((layer?.bias && graph.floatInput(layer.bias, 1)?.values) ?? [])];
};

describe('absorb-high-bias', () => {
  const EXACT: Array<[string, string?]> = [
    ['r = Relu(b)'],
    ['r = LeakyRelu(b) alpha=0.1'],
    ['r = Prelu(b, ~3)'],
    ['q = Relu(b)\nr = Minimum(q, f32<3: 100 50 3>)'],
    [`q = Relu(b)\nr = MaxPool(q) ${WINDOW}`],
    [`q = Relu(b)\nr = AvgPool(q) ${WINDOW}`],
    ['r = Identity(b)'],
    ['q = Relu(b)\nr = Mean(q, i32<2: 1 2>)', 'MatMul(r, ~3x2)'],
    ['r = Relu(b)', `Conv2D(r, ~3x3x3x2) ${VALID}`],
    ['r = Relu(b)', `DepthwiseConv2dNative(r, ~3x3x3x2) ${VALID}`],
    ['q = Relu(b)\nr = Reshape(q, i32<2: -1 108>)', 'MatMul(r, ~108x2)'],
  ];

  for (const [between, reader] of EXACT) {
    it(`shifts ${between.split('\n').at(-1)} into ${reader ?? 'a convolution'}`, async () => {
      const {graph, context} = await absorbed(chain(between, reader));
      expect(context.rewrites.filter(({done}) => done).map(({node}) => node)).toEqual(['a']);
      expect(biasOf(graph, 'a')[0]).toBeLessThan(10);
    });
  }

  it('takes no more than the lowest value that a channel has in front of a ReLU', async () => {
    const {context} = await absorbed(chain('r = Relu(b)'));
    const low = [...(context.plan.statistics.get('r')?.min ?? [])];
    expect(low.every(value => value >= 0)).toBe(true);
  });

  it('takes the whole mean where there is no activation', async () => {
    const {context} = await absorbed(chain('r = Identity(b)'));
    const means = [...(context.plan.statistics.get('b')?.mean ?? [NaN])];
    means.forEach(mean => expect(Math.abs(mean)).toBeLessThan(1e-9));
  });

  it('shifts a depthwise layer without an activation only where its range shrinks by a fifth', async () => {
    const depthwise = (bias: string) => `
      x = Placeholder()
      a = DepthwiseConv2dNative(x, ~3x3x2x1) ${VALID}
      b = BiasAdd(a, f32<2: ${bias}>)
      y = Conv2D(b, ~1x1x2x3) ${VALID}
      return y`;
    const [far, near] = [await absorbed(depthwise('90 95')), await absorbed(depthwise('0.1 0.1'))];
    expect(far.context.rewrites.filter(({done}) => done).map(({node}) => node)).toEqual(['a']);
    expect(near.context.rewrites.filter(({node}) => node === 'a')).toEqual([
      {node: 'a', done: false, text: 'no range would be narrower'},
    ]);
  });

  it('keeps statistics true', async () => {
    const {graph, context} = await absorbed(chain('q = Relu(b)\nr = Minimum(q, f32<3: 100 50 3>)'));
    const {statistics} = await probe(graph, {});
    for (const ref of ['b', 'q', 'r']) {
      const [kept, measured] = [context.plan.statistics.get(ref), statistics.get(ref)];
      for (const key of ['mean', 'min', 'max'] as const) {
        expectClose([kept?.[key] ?? []], [measured?.[key] ?? [NaN]], 1e-5);
      }
    }
  });

  it('shifts residual sums by what both sides give', async () => {
    const between = `d = Conv2D(x, ~1x1x2x3) ${VALID}
      e = BiasAdd(d, f32<3: 7 8 9>)
      r = AddV2(b, e)`;
    const {context} = await absorbed(chain(between));
    expect(context.rewrites.filter(({done}) => done).map(({node}) => node)).toEqual(['a', 'd']);
    const means = [...(context.plan.statistics.get('r')?.mean ?? [NaN])];
    means.forEach(mean => expect(Math.abs(mean)).toBeLessThan(1e-5));
  });

  const REFUSED: Array<[string, string, string?]> = [
    ['r = Relu(b)', 'zeros beyond the border are seen', `Conv2D(r, ~3x3x3x2) ${SAME}`],
    ['r = Pad(b, i32<4x2: 0 0 1 1 1 1 0 0>)', 'Pad does not hand on a shift'],
    ['r = Relu6(b)', 'Relu6 does not hand on a shift'],
    ['r = Tanh(b)', 'Tanh does not hand on a shift'],
    ['s = AddV2(b, x1)\nr = Relu(s)', 'Relu does not follow the layer'],
    ['r = Mul(b, b)', 'Mul reads it twice'],
    [
      'r = Transpose(b, i32<4: 0 3 2 1>)',
      'Transpose moves channels',
      `Conv2D(r, ~1x1x6x2) ${SAME}`,
    ],
  ];

  for (const [between, reason, reader] of REFUSED) {
    it(`leaves ${between.split('\n').at(-1)}: ${reason}`, async () => {
      const text = chain(between.replace('x1', 'f32<6x6x3>'), reader);
      const random = text.replace('f32<6x6x3>', '~6x6x3');
      const {context} = await absorbed(random);
      const [own] = context.rewrites.filter(({node, done}) => node === 'a' && !done);
      expect(own.text).toMatch(reason);
    });
  }

  it('is 0 where a cap would be met, and where β − 3γ is not above 0', () => {
    const of = (...values: number[]) => Float64Array.from(values);
    const statistics = {mean: of(10, 10, 10, 2), std: of(1, 1, 3, 1), min: of(8, 6, 5, 1)};
    expect([...positiveShift(statistics, of(Infinity, 5, Infinity, Infinity))]).toEqual([
      7, 0, 1, 0,
    ]);
  });
});
