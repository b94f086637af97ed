import * as tf from '@tensorflow/tfjs-core';
import '../../backend/index.js';

/** Shapes of x and of its bounds: those that repeat over x, and some that do not. */
const SHAPES: ReadonlyArray<readonly [number[], number[]]> = [
  [[1, 5, 5, 12], [12]],
  [
    [2, 3, 3, 7],
    [1, 1, 1, 7],
  ],
  [
    [2, 3, 3, 7],
    [3, 7],
  ],
  [[3, 5], []],
  [[3, 5], [1]],
  [
    [3, 5],
    [3, 5],
  ],
  [
    [3, 5],
    [3, 1],
  ],
  [
    [3, 5],
    [1, 1, 5],
  ],
  [[5], [3, 5]],
  [[0, 5], [5]],
  [[], []],
];

const SPECIAL = [NaN, 0, -0, Infinity, -Infinity];

/** Some of the values are special. */
function tensor(shape: number[], phase: number): tf.Tensor {
  const size = tf.util.sizeFromShape(shape);
  const values = Float32Array.from({length: size}, (_, i) =>
    (i + phase) % 4 === 0 ? SPECIAL[(i * 7 + phase) % SPECIAL.length] : Math.sin(i + phase),
  );
  return tf.tensor(values, shape);
}

async function resultOf(backend: string, [shape, bounds]: readonly [number[], number[]]) {
  await tf.setBackend(backend);
  const results = tf.tidy(() => {
    const [x, b] = [tensor(shape, 0), tensor(bounds, 1)];
    return [tf.minimum(x, b), tf.maximum(x, b)];
  });
  const read = results.map(result => ({shape: result.shape, values: [...result.dataSync()]}));
  tf.dispose(results);
  return read;
}

describe('minimum and maximum of float tensors', () => {
  for (const shapes of SHAPES) {
    it(`are those of wasm for [${String(shapes[0])}] and [${String(shapes[1])}]`, async () => {
      expect(await resultOf('int8', shapes)).toEqual(await resultOf('wasm', shapes));
    });
  }

  it('take tensors of other backends, and leave none behind', async () => {
    await tf.setBackend('cpu');
    const x = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
    const bounds = tf.tensor1d([2, 3, 4]);
    await tf.setBackend('int8');
    const before = tf.memory().numTensors;
    const y = tf.minimum(x, bounds);
    expect([...y.dataSync()]).toEqual([1, 2, 3, 2, 3, 4]);
    tf.dispose([y]);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([x, bounds]);
  });
});
