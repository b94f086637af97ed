import * as tf from '@tensorflow/tfjs-core';
import type {BuiltModel} from '../../bench/models/builder.js';
import {dsCnn} from '../../bench/models/ds_cnn.js';
import {MODELS} from '../../bench/models/index.js';
import {lstm} from '../../bench/models/lstm.js';
import {inputValues} from '../../bench/peers/peer.js';
import {exportModel} from '../../src/graph/export_model.js';
import {quantize} from '../../src/index.js';
import {expectClose} from '../src/fixtures.js';

/** Multiply-accumulates of a run, in millions, as published where the model is. */
const MILLIONS: Readonly<Record<string, number>> = {
  mobilenet_v1: 569,
  mobilenet_v2: 301,
  resnet18: 1814,
  resnet50: 4089,
  ds_cnn: 3,
};

describe('models of the benchmark', () => {
  for (const [name, millions] of Object.entries(MILLIONS)) {
    it(`${name} has ${millions} M multiply-accumulates`, () => {
      expect(Math.round(MODELS[name]('fused').macs / 1e6)).toBe(millions);
    });
  }

  it('are the same each time', () => {
    const [a, b] = [dsCnn('fused'), dsCnn('fused')];
    expect([...a.graph.constants]).toEqual([...b.graph.constants]);
  });

  it('the keyword spotter becomes int8 up to its softmax, and has outputs that differ', async () => {
    const model = await exportModel(dsCnn('batch-norm').graph);
    const {report} = await quantize(model, {statistics: 'batch-norm'});
    expect(report.floatNodes.map(({op}) => op)).toEqual(['Softmax']);
    const values = await run(dsCnn('fused'));
    expect(Math.max(...values)).toBeGreaterThan(1.5 / values.length);
    expectClose([[values.reduce((a, b) => a + b, 0)]], [[1]], 1e-5);
  });

  it('the layers of the LSTM become int8, its state stays float', async () => {
    const model = await exportModel(lstm('fused').graph);
    const {report} = await quantize(model, {statistics: 'batch-norm'});
    const reasons = new Set(report.floatNodes.map(({reason}) => reason));
    expect(reasons).toContain('it carries the state of a recurrent layer');
    expect(report.floatNodes.filter(({op}) => /MatMul/.test(op))).toEqual([]);
  });
});

/** On the float backend of the test. */
async function run({graph, inputShape}: BuiltModel): Promise<number[]> {
  await tf.setBackend('int8');
  const model = await exportModel(graph);
  const input = tf.tensor(inputValues(inputShape), [...inputShape]);
  const output = model.predict(input) as tf.Tensor;
  const values = [...(await output.data())];
  tf.dispose([input, output]);
  model.dispose();
  return values;
}
