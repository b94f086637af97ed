import type {GraphModel} from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import type {Graph} from '../../src/graph/graph.js';
import {exportModel} from '../../src/graph/export_model.js';
import {importModel} from '../../src/graph/import_model.js';
import {runPasses} from '../../src/quantize.js';
import {simulate, simulateGraph, type SimulateOptions} from '../../src/simulate.js';
import {errorOf, graphOf, leakFree, randomTensor, sqnr} from './fixtures.js';
import {lockstep} from './lockstep.js';
import {around, PIECES} from './pieces.js';
import {smallMobileNet} from './small_mobilenet.js';

const IMAGE = {x: [-1, 8, 8, 4]};

/** Few and many bits, on every kind of grid. */
const GRIDS: SimulateOptions[] = [
  {},
  {bits: 5, perChannel: true},
  {weightBits: 4, activationBits: 3, symmetric: true, scales: 'power-of-two'},
];

/** Every tensor of the int8 form and of the simulation, each from the same operands. */
async function compared(float: Graph, x: tf.Tensor, options: SimulateOptions) {
  await tf.setBackend('int8');
  const model = await exportModel(float);
  const {graph: int8, result} = await runPasses(model, options);
  const {graph} = await simulateGraph(float, options);
  const comparisons = await lockstep(int8, graph, result.plan.activations, {x});
  model.dispose();
  x.dispose();
  return comparisons;
}

function predict(model: GraphModel, x: tf.Tensor): Float32Array {
  const y = model.predict(x) as tf.Tensor;
  const values = y.dataSync<'float32'>();
  y.dispose();
  return values;
}

/**
 * Share of elements that may be a step off: halves, which float32 may take for less. The weights of a
 * resize, (6), have 11 bits: they are 2^−13 off on average, along two axes, between neighbours that in
 * random images of 255 steps lie 85 steps apart; so that share of 2 · 85 / 2^13 is rounded otherwise.
 */
const unequalOf = (piece: string) => (piece === 'resize' ? 0.02 : 0.01);

describe('simulate: every tensor of the int8 model, to ±1 step', () => {
  for (const [title, middle] of PIECES) {
    it(`${title} between layers`, async () => {
      const float = graphOf(around(middle), IMAGE);
      for (const options of GRIDS) {
        const tensors = await compared(float, randomTensor([3, 8, 8, 4], 3, -1, 1), options);
        expect(tensors.length).toBeGreaterThan(1); // x, and what is between
        for (const {steps, unequal} of tensors) {
          expect(steps).toBeLessThanOrEqual(1);
          expect(unequal).toBeLessThan(unequalOf(title));
        }
      }
    });
  }
});

describe('simulate', () => {
  let float: GraphModel;

  beforeAll(async () => {
    await tf.setBackend('int8');
    float = await smallMobileNet();
  });

  beforeEach(() => tf.setBackend('int8'));

  /** The batch norms of this network are made up, and so are ranges and means that are taken from them. */
  const measured = {statistics: 'probe', passes: {'correct-bias': false}} as const;

  /** Signal over error of the probabilities, in dB. */
  async function fidelity(options: SimulateOptions): Promise<number> {
    const simulated = await simulate(float, options);
    const x = randomTensor([16, 16, 16, 3], 1, -1, 1);
    const decibels = sqnr(predict(simulated, x), predict(float, x));
    simulated.dispose();
    x.dispose();
    return decibels;
  }

  async function opsOf(options: SimulateOptions): Promise<Set<string>> {
    const {graph} = await simulateGraph(await importModel(float), options);
    return new Set(graph.nodes.map(({op}) => op));
  }

  it('uses stock ops only', async () => {
    const ops = await opsOf({});
    expect(ops.has('Floor')).toBe(true);
    expect([...ops].filter(op => op.startsWith('Int8'))).toEqual([]);
  });

  it('records what it simulates', async () => {
    const {result} = await simulateGraph(await importModel(float));
    const {pass, rewrites} = result.records[result.records.length - 1];
    expect(pass).toBe('fake-quantize');
    const done = rewrites.filter(rewrite => rewrite.done).map(({node}) => node);
    expect(done).toEqual(['c1', 'c2', 'd3', 'c4', 's', 'c5', 'm', 'f']);
    expect(rewrites.filter(rewrite => !rewrite.done)).toEqual([]);
  });

  for (const backend of ['cpu', 'wasm']) {
    it(`runs on ${backend}`, async () => {
      const here = await simulate(float);
      const x = randomTensor([2, 16, 16, 3], 4, -1, 1);
      const want = predict(here, x);
      await tf.setBackend(backend);
      const there = await simulate(float);
      expect(sqnr(predict(there, x), want)).toBeGreaterThan(40); // the same but for halves
      tf.dispose(x);
      here.dispose();
      there.dispose();
    });
  }

  it('gains about 6 dB a bit', async () => {
    const decibels: number[] = [];
    for (const bits of [4, 8, 12]) {
      decibels.push(await fidelity({...measured, weights: {bits}, activations: {bits}}));
    }
    decibels.slice(1).forEach((value, i) => expect(value - decibels[i]).toBeGreaterThan(4 * 4));
  });

  it('takes bits as quantize does, and beyond', async () => {
    expect(await fidelity({bits: 4})).toBe(
      await fidelity({weights: {bits: 4}, activations: {bits: 4}}),
    );
    expect(await fidelity({weightBits: 3, activationBits: 14})).toBe(
      await fidelity({bits: 14, weights: {bits: 3}}),
    );
  });

  it('leaves float what it is told to', async () => {
    expect(await fidelity({weights: false, activations: false})).toBeGreaterThan(100);
    const weightsAlone = await fidelity({...measured, weights: {bits: 4}, activations: false});
    const activationsAlone = await fidelity({...measured, weights: false, activations: {bits: 4}});
    const both = await fidelity({...measured, bits: 4});
    expect(Math.min(weightsAlone, activationsAlone)).toBeGreaterThan(both);
    expect(Math.max(weightsAlone, activationsAlone)).toBeLessThan(30);
    expect((await opsOf({activations: false})).has('Floor')).toBe(false);
  });

  it('has the values of the grid, no others', async () => {
    const {graph, result} = await simulateGraph(await importModel(float), {bits: 3});
    const model = await exportModel(graph);
    const x = randomTensor([2, 16, 16, 3], 4, -1, 1);
    const y = model.execute({x}, 'r2/fake_quantize') as tf.Tensor;
    const {scale, zeroPoint} = result.plan.activations.get('r2') ?? {scale: 0, zeroPoint: 0};
    const grid = [-4, -3, -2, -1, 0, 1, 2, 3].map(q => Math.fround(scale * (q - zeroPoint)));
    const found = [...new Set(y.dataSync())];
    expect(found.filter(value => !grid.includes(value))).toEqual([]);
    expect(found.length).toBeGreaterThan(4);
    tf.dispose([x, y]);
    model.dispose();
  });

  it('keeps the names of tensors that the model returns', async () => {
    const {graph} = await simulateGraph(
      graphOf(`${around('r = Relu(a)').trimEnd()}, r`.replace(/return.*/, 'return y, r'), IMAGE),
    );
    expect(graph.outputs).toEqual(['y', 'r']);
    expect([graph.node('r').op, graph.node('y').op]).toEqual(['Mul', 'BiasAdd']);
  });

  it('stays float where lower-to-int8 is off', async () => {
    expect((await opsOf({bits: 2, passes: {'lower-to-int8': false}})).has('Floor')).toBe(false);
  });

  it('leaves no tensors behind, and the graph as it was', async () => {
    const graph = await importModel(float);
    const before = JSON.stringify([graph.nodes, [...graph.constants.keys()]]);
    await simulateGraph(graph);
    await leakFree(() => simulateGraph(graph, {bits: 12}));
    expect(JSON.stringify([graph.nodes, [...graph.constants.keys()]])).toBe(before);
    await leakFree(async () => (await simulate(float)).dispose());
  });

  for (const [options, message] of [
    [{weights: {bits: 17}}, 'weights.bits is 17; it must be a whole number from 2 to 16'],
    [{activations: {bits: 1}}, 'activations.bits is 1; it must be a whole number from 2 to 16'],
    [{bits: 4.5}, 'bits is 4.5; it must be a whole number from 2 to 16'],
  ] as const) {
    it(`refuses ${JSON.stringify(options)}`, async () => {
      expect((await errorOf(simulate(float, options))).message).toBe(message);
    });
  }
});
