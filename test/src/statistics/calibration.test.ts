import * as tf from '@tensorflow/tfjs-core';
import {exportModel} from '../../../src/graph/export_model.js';
import {quantize} from '../../../src/quantize.js';
import {type CalibrationData, calibrationInputs} from '../../../src/statistics/calibration.js';
import {calibrate} from '../../../src/statistics/probe.js';
import {errorOf, graphOf, leakFree, randomTensor} from '../fixtures.js';

const RELU = graphOf('x = Placeholder()\ny = Relu(x)\nreturn y', {x: [-1, 2]});
const TWO = graphOf('a = Placeholder()\nb = Placeholder()\ny = Add(a, b)\nreturn y', {
  a: [-1, 2],
  b: [-1, 2],
});

async function collected(graph: typeof RELU, data: CalibrationData) {
  const made: Record<string, number[]>[] = [];
  for await (const make of calibrationInputs(graph, data)) {
    const inputs = make();
    const values = Object.entries(inputs).map(([name, t]) => [name, [...t.dataSync()]]);
    made.push(Object.fromEntries(values) as Record<string, number[]>);
    tf.dispose(inputs);
  }
  return made;
}

describe('calibrationInputs', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('takes a tensor, tensors in order, and tensors by name with or without an index', async () => {
    const [p, q] = [tf.tensor([[1, 2]]), tf.tensor([[3, 4]])];
    expect(await collected(RELU, [p, [q], {x: p}, {'x:0': q}])).toEqual([
      {x: [1, 2]},
      {x: [3, 4]},
      {x: [1, 2]},
      {x: [3, 4]},
    ]);
    expect(await collected(TWO, [[p, q], {b: p, a: q}])).toEqual([
      {a: [1, 2], b: [3, 4]},
      {a: [3, 4], b: [1, 2]},
    ]);
    expect([p.isDisposed, q.isDisposed]).toEqual([false, false]);
    tf.dispose([p, q]);
  });

  it('lets a generator dispose each tensor when it is asked for the next', async () => {
    async function* samples() {
      for (let i = 0; i < 3; i++) {
        const x = tf.tensor([[i, -i]]);
        yield x;
        x.dispose();
      }
    }
    const made = await leakFree(() => collected(RELU, samples()));
    expect(made.map(({x}) => x)).toEqual([
      [0, -0],
      [1, -1],
      [2, -2],
    ]);
  });

  const BAD: [string, (t: tf.Tensor) => CalibrationData, string][] = [
    ['no samples', () => [], 'calibration has no samples'],
    ['a strange name', t => [{z: t}], "the model has no input 'z'; its inputs are 'a', 'b'"],
    ['a missing input', t => [{a: t}], "calibration sample 0 has no tensor for input 'b'"],
    ['too few tensors', t => [t], 'calibration sample 0 has 1 tensors; the model has 2 inputs'],
    [
      'a wrong shape',
      t => [
        [t, t],
        [t, tf.reshape(t, [2])],
      ],
      "calibration sample 1: 'b' is float32 [2]; the model takes float32 [-1, 2]",
    ],
    [
      'a wrong type',
      t => [[t, tf.cast(t, 'int32')]],
      "'b' is int32 [1, 2]; the model takes float32 [-1, 2]",
    ],
  ];

  for (const [what, data, message] of BAD) {
    it(`refuses ${what}`, async () => {
      const t = tf.tensor([[1, 2]]);
      const error = await errorOf(collected(TWO, data(t)));
      expect(error.message).toContain(message);
    });
  }
});

describe('calibrate', () => {
  it('measures the caller’s batches, run on the runner while the caller keeps a backend', async () => {
    await tf.setBackend('cpu');
    const backends: string[] = [];
    function* samples() {
      for (const values of [
        [1, -2, 3, 4],
        [5, 6],
      ]) {
        backends.push(tf.getBackend());
        yield tf.tensor(values, [values.length / 2, 2]);
      }
    }
    const {statistics} = await calibrate(RELU, samples());
    expect(backends).toEqual(['cpu', 'cpu']);
    const y = statistics.get('y');
    expect(y?.source).toBe('calibration');
    expect([...(y?.mean ?? [])]).toEqual([3, Math.fround(10 / 3)]);
    expect([...(y?.max ?? [])]).toEqual([5, 6]);
  });
});

describe('quantize with calibration', () => {
  const TEXT = `x = Placeholder()
    c = Conv2D(x, ~3x3x2x4) strides=[1 1 1 1] dilations=[1 1 1 1] padding=SAME
    r = Relu(c)
    d = Conv2D(r, ~1x1x4x3) strides=[1 1 1 1] dilations=[1 1 1 1] padding=SAME
    return d`;

  it('says so for each layer, and takes the ranges of the data', async () => {
    const model = await exportModel(graphOf(TEXT, {x: [-1, 8, 8, 2]}));
    const data = [randomTensor([2, 8, 8, 2], 1, -8, 8), randomTensor([1, 8, 8, 2], 2, -8, 8)];
    const wide = await leakFree(async () => {
      const quantized = await quantize(model, {calibration: data});
      quantized.dispose();
      return quantized.report;
    });
    expect(wide.layers.map(({statistics}) => statistics)).toEqual(['calibration', 'calibration']);
    const plain = await quantize(model);
    expect(plain.report.layers.map(({statistics}) => statistics)).toEqual(['probe', 'probe']);
    plain.dispose();
    expect(JSON.stringify(wide.toJSON())).not.toContain('dataId');
    tf.dispose(data);
    model.dispose();
  });

  it('needs data where that is the only source', async () => {
    const model = await exportModel(graphOf(TEXT, {x: [-1, 8, 8, 2]}));
    const error = await errorOf(quantize(model, {statistics: 'calibration'}));
    expect(error.message).toBe("statistics is 'calibration'; give option calibration too");
    model.dispose();
  });
});
