import {readFileSync} from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';

describe('the test environment', () => {
  it('has one set of typed arrays, shared with the modules of Node and with WebAssembly', () => {
    expect(readFileSync(__filename) instanceof Uint8Array).toBe(true);
    expect(new WebAssembly.Memory({initial: 1}).buffer instanceof ArrayBuffer).toBe(true);
    expect(new Float32Array(1).buffer instanceof ArrayBuffer).toBe(true);
  });

  it('starts the wasm backend', async () => {
    await tf.setBackend('wasm');
    expect(tf.getBackend()).toBe('wasm');
    const [x, y] = [tf.tensor2d([[1, 2], [3, 4]]), tf.eye(2)]; // prettier-ignore
    expect(Array.from(await tf.matMul(x, y).data())).toEqual([1, 2, 3, 4]);
  });
});
