import type {GraphModel} from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import {DfqError} from '../../src/graph/dfq_error.js';
import {exportModel} from '../../src/graph/export_model.js';
import type {Graph} from '../../src/graph/graph.js';
import type {QuantizeOptions} from '../../src/options.js';
import {quantize, rewrite} from '../../src/quantize.js';
import {errorOf, graphOf, leakFree} from './fixtures.js';

const IMAGE = {x: [-1, 8, 8, 3]};
const CONV = 'strides=[1 1 1 1] dilations=[1 1 1 1] padding=SAME';
const TEXT = `
  x = Placeholder()
  c = Conv2D(x, ~3x3x3x4) ${CONV}
  b = BiasAdd(c, ~4)
  y = Relu(b)
  return y`;

/** The message of quantize's error; checks that it left no tensors and no other backend behind. */
async function refusal(model: unknown, options: QuantizeOptions = {}): Promise<string> {
  const backend = tf.getBackend();
  const error = await leakFree(() => errorOf(quantize(model as GraphModel, options)));
  expect(error).toBeInstanceOf(DfqError);
  expect(tf.getBackend()).toBe(backend);
  return error.message;
}

async function refusalOf(graph: Graph, options: QuantizeOptions = {}): Promise<string> {
  const model = await exportModel(graph);
  try {
    return await refusal(model, options);
  } finally {
    model.dispose();
  }
}

describe('quantize refuses', () => {
  beforeAll(async () => {
    await tf.setBackend('int8'); // first use sets it up
    await tf.setBackend('cpu');
  });

  it('what is no loaded model', async () => {
    const message =
      'this is no loaded model; pass what loadGraphModel() or loadLayersModel() returns';
    for (const other of [{}, undefined, null, 'model.json'])
      expect(await refusal(other)).toBe(message);
  });

  it('an empty graph', async () => {
    const model = {artifacts: {modelTopology: {node: []}}, weights: {}};
    expect(await refusal(model)).toBe(
      'the model has no nodes; convert it again with tensorflowjs_converter',
    );
  });

  it('a constant without a value', async () => {
    const graph = graphOf(TEXT, IMAGE);
    const model = await exportModel(graph);
    delete (model.weights as Record<string, unknown>)['b/1'];
    expect(await refusal(model)).toBe("constant 'b/1' has no value");
  });

  for (const [bad, printed] of [
    [NaN, 'NaN'],
    [Infinity, 'Infinity'],
    [-Infinity, '-Infinity'],
  ] as const) {
    it(`weights of ${printed}`, async () => {
      const graph = graphOf(TEXT, IMAGE);
      const filter = graph.floatInput(graph.node('c'), 1);
      filter?.values.set([bad], 5);
      expect(await refusalOf(graph)).toBe(
        `weight 'c/1' of 'c' holds ${printed}; train or convert the model again`,
      );
    });
  }

  it('a model that is int8 already', async () => {
    const model = await exportModel(graphOf(TEXT, IMAGE));
    const quantized = await quantize(model);
    expect(await refusal(quantized)).toBe(
      'the model is int8 already; quantize the float model that it was made from',
    );
    model.dispose();
    quantized.dispose();
  });

  it('a model that does not run, and says on what', async () => {
    const graph = graphOf(`x = Placeholder()\ny = Conv2D(x, ~3x3x5x4) ${CONV}\nreturn y`, IMAGE);
    expect(await refusalOf(graph)).toContain(
      "trace-shapes: the float model does not run on 'x' [1, 8, 8, 3]",
    );
  });

  it('an op that tfjs does not know', async () => {
    const graph = graphOf('x = Placeholder()\ny = FooBar(x)\nreturn y', IMAGE);
    expect(await refusalOf(graph)).toContain("Unknown op 'FooBar'");
  });

  it('an example of the wrong shape', async () => {
    const x = tf.zeros([1, 8, 8, 4]);
    expect(await refusalOf(graphOf(TEXT, IMAGE), {examples: {x}})).toContain("'x' [1, 8, 8, 4]");
    x.dispose();
  });

  const OPTIONS: [unknown, string][] = [
    [{bits: 9}, 'bits is 9; it must be a whole number from 2 to 8'],
    [{bits: 1}, 'bits is 1; it must be a whole number from 2 to 8'],
    [{weightBits: 4.5}, 'weightBits is 4.5; it must be a whole number from 2 to 8'],
    [{activationBits: '8'}, 'activationBits is 8; it must be a whole number from 2 to 8'],
    [{skip: ['q']}, "skip: the model has no node 'q'"],
    [{relu6: 'cap'}, "relu6 is 'cap'; it must be one of per-channel-cap, relu, keep"],
    [
      {statistics: 'data'},
      "statistics is 'data'; it must be one of auto, calibration, batch-norm, sidecar, probe",
    ],
    [{percentile: 40}, 'percentile is 40; it must be above 50 and at most 100'],
    [{inputs: {z: {}}}, "inputs: the model has no input 'z'; its inputs are x"],
    [{inputs: {x: {range: [1, 0]}}}, 'inputs.x.range is [1, 0]; it must be [low, high]'],
    [{input: {mean: 0, std: 0}}, 'input.std is [0]; it must be one number or one a channel, not 0'],
    [{input: {mean: NaN, std: 1}}, 'input.mean is [NaN]; it must be one number or one a channel'],
    [{input: {mean: [], std: 1}}, 'input.mean is []; it must be one number or one a channel'],
    [
      {input: {mean: [1, 2], std: 1}},
      'input.mean is [1, 2]; it must be one number or one a channel',
    ],
    [{input: {mean: 0}}, 'input.std is []; it must be one number or one a channel, not 0'],
  ];

  for (const [options, message] of OPTIONS) {
    it(`options ${JSON.stringify(options)}`, async () => {
      expect(await refusalOf(graphOf(TEXT, IMAGE), options as QuantizeOptions)).toBe(message);
    });
  }

  it('an unknown pass, or one that must run', async () => {
    for (const name of ['equalise', 'canonicalize', 'estimate-statistics']) {
      const options = {passes: {[name]: false}} as QuantizeOptions;
      const message = await refusalOf(graphOf(TEXT, IMAGE), options);
      expect(
        message.startsWith(`there is no pass '${name}'; the passes are fold-batch-norm, `),
      ).toBe(true);
    }
  });

  it('passes of integers in rewrite', async () => {
    const model = await exportModel(graphOf(TEXT, IMAGE));
    const error = await leakFree(() => errorOf(rewrite(model, {passes: ['quantize-weights']})));
    expect(error.message).toBe(
      "there is no pass 'quantize-weights'; the passes are fold-batch-norm, prune-constant-channels, equalize-layers, absorb-high-bias",
    );
    model.dispose();
  });
});
