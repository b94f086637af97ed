import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {toGraphModel} from '../../../src/float_model.js';
import {randomSource} from '../../../src/statistics/random.js';

type LayersModel = tfl.LayersModel;

/** A Sequential model of one layer or several. */
export function chain(inputShape: (number | null)[], ...layers: tfl.layers.Layer[]): LayersModel {
  const input = tfl.input({shape: inputShape, name: 'x'});
  let y: tfl.SymbolicTensor = input;
  for (const layer of layers) y = layer.apply(y) as tfl.SymbolicTensor;
  return tfl.model({inputs: input, outputs: y});
}

/** Gives every weight random values; variances are positive. */
export function randomize(model: LayersModel): LayersModel {
  const random = randomSource(3);
  for (const layer of model.layers) {
    const values = layer.weights.map(weight => {
      const isVariance = weight.name.includes('variance');
      const size = weight.shape.reduce<number>((a, b) => a * (b ?? 1), 1);
      const draw = () => (isVariance ? 0.5 + random() : 1.2 * random() - 0.6);
      return tf.tensor(Float32Array.from({length: size}, draw), weight.shape as number[]);
    });
    layer.setWeights(values);
    tf.dispose(values);
  }
  return model;
}

/** Random values of each input's shape; `open` stands where a size is open. */
export function inputsOf(model: LayersModel, open = 3): tf.Tensor[] {
  return model.inputs.map(({shape, dtype}, i) => {
    const sizes = shape.map(size => size ?? open);
    const random = randomSource(i + 1);
    const count = sizes.reduce((a, b) => a * b, 1);
    const draw = () => (dtype === 'int32' ? Math.floor(5 * random()) : 4 * random() - 2);
    return tf.tensor(Array.from({length: count}, draw), sizes, dtype);
  });
}

/** Largest difference between two lists of tensors, as a share of the largest value; shapes must agree. */
export function relativeError(
  actual: readonly tf.Tensor[],
  expected: readonly tf.Tensor[],
): number {
  expect(actual.map(({shape}) => shape)).toEqual(expected.map(({shape}) => shape));
  let error = 0;
  expected.forEach((tensor, i) => {
    const [a, b] = [actual[i], tensor].map(t => t.dataSync<'float32'>());
    const largest = b.reduce((max, v) => Math.max(max, Math.abs(v)), 1e-6);
    b.forEach((v, k) => (error = Math.max(error, Math.abs(a[k] - v) / largest)));
  });
  return error;
}

export function list(output: tf.Tensor | tf.Tensor[]): tf.Tensor[] {
  return Array.isArray(output) ? output : [output];
}

/** How far the traced graph is from the model, over batches of two sizes; checks for leaks too. */
export async function tracingError(given: LayersModel, open?: number): Promise<number> {
  const model = randomize(given);
  const before = tf.memory().numTensors;
  const traced = await toGraphModel(model);
  let error = 0;
  for (const size of [open ?? 3, (open ?? 3) + 2]) {
    const inputs = inputsOf(model, size);
    const expected = list(model.predict(inputs));
    const fed = Object.fromEntries(traced.inputNodes.map((name, i) => [name, inputs[i]]));
    const actual = list(traced.execute(fed, traced.outputNodes));
    error = Math.max(error, relativeError(actual, expected));
    tf.dispose([inputs, expected, actual]);
  }
  traced.dispose();
  expect(tf.memory().numTensors).toBe(before);
  return error;
}
