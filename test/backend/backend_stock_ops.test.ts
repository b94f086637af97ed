import * as tf from '@tensorflow/tfjs-core';
import '../../backend/index.js';
import {expectSameResults, resultsOf, type Result} from './compare.js';
import {int8Backend, int8Tensor, int8Values} from './int8_tensor.js';
import {STOCK_OPS} from './stock_ops.js';

const SHAPE: [number, number, number, number] = [2, 3, 4, 4];

describe('stock ops on an int8 tensor give what they give on the widened one:', () => {
  const expected: Record<string, Result[]> = {};

  beforeAll(async () => {
    tf.env().set('IS_TEST', true); // tfjs then looks for leaks after every kernel
    await tf.setBackend('cpu');
    for (const [name, op] of Object.entries(STOCK_OPS)) {
      expected[name] = resultsOf(() => op(tf.tensor4d(int8Values(96), SHAPE, 'int32')));
    }
    await tf.setBackend('int8');
  });

  afterAll(() => {
    tf.env().set('IS_TEST', false);
  });

  for (const [name, op] of Object.entries(STOCK_OPS)) {
    it(name, () => {
      const before = [tf.memory().numTensors, tf.engine().backend.numDataIds()];
      const x = int8Tensor<tf.Rank.R4>(int8Values(96), SHAPE);
      expectSameResults(
        resultsOf(() => op(x)),
        expected[name],
      );
      expect(int8Backend().holdsInt8(x)).toBe(true);
      expect(Array.from(x.dataSync())).toEqual(Array.from(int8Values(96)));
      x.dispose();
      expect([tf.memory().numTensors, tf.engine().backend.numDataIds()]).toEqual(before);
    });

    it(`${name}, on int32`, () => {
      const x = () => tf.tensor4d(int8Values(96), SHAPE, 'int32');
      expectSameResults(
        resultsOf(() => op(x())),
        expected[name],
      );
    });
  }
});
