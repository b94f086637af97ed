import * as tf from '@tensorflow/tfjs-core';

describe('the embedded WASM binaries', () => {
  it('start the wasm backend of a page that serves none', async () => {
    expect(await tf.setBackend('wasm')).toBe(true);
    const product = tf.tidy(() => tf.matMul(tf.tensor2d([[1, 2], [3, 4]]), tf.eye(2))); // prettier-ignore
    expect(Array.from(await product.data())).toEqual([1, 2, 3, 4]);
    product.dispose();
  });
});
