import * as tf from '@tensorflow/tfjs-core';

export interface Result {
  shape: number[];
  dtype: string;
  values: number[];
}

/** Reads and disposes of everything that `run` makes. */
export function resultsOf(run: () => tf.TensorContainer): Result[] {
  return tf.tidy(() =>
    [run()].flat().map(x => {
      const {shape, dtype} = x as tf.Tensor;
      return {shape, dtype, values: Array.from((x as tf.Tensor).dataSync())};
    }),
  );
}

/**
 * Shapes, dtypes and integers must be equal. Floats may differ by 1e-5 relative to magnitudes over
 * 1: WASM sums in another order, and its exp, sigmoid and tanh are approximations good to 1e-6.
 */
export function expectSameResults(actual: Result[], expected: Result[]): void {
  const describeResult = ({shape, dtype}: Result) => `${dtype} [${shape.join(', ')}]`;
  expect(actual.map(describeResult)).toEqual(expected.map(describeResult));
  expected.forEach(({dtype, values}, i) => {
    if (dtype === 'float32') {
      const off = values.findIndex((value, j) => !isClose(actual[i].values[j], value));
      expect(off < 0 ? 'close' : `${actual[i].values[off]} for ${values[off]} at ${off}`).toBe(
        'close',
      );
    } else expect(actual[i].values).toEqual(values);
  });
}

function isClose(actual: number, expected: number): boolean {
  if (Object.is(actual, expected) || actual === expected) return true;
  return Math.abs(actual - expected) <= 1e-5 * Math.max(1, Math.abs(expected));
}
