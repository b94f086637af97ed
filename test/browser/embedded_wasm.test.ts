import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import {embedWasmBinaries} from '../../backend/wasm_paths.js';

describe('the embedded WASM binaries', () => {
  it('start the wasm backend of a page that serves and configures none', async () => {
    embedWasmBinaries();
    expect(await tf.setBackend('wasm')).toBe(true);
    const product = tf.tidy(() => tf.matMul(tf.tensor2d([[1, 2], [3, 4]]), tf.eye(2))); // prettier-ignore
    expect(Array.from(await product.data())).toEqual([1, 2, 3, 4]);
    product.dispose();
  });
});
