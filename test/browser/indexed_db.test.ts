import {loadGraphModel} from '@tensorflow/tfjs-converter';
import {io, setBackend, tensor, type Tensor} from '@tensorflow/tfjs-core';
import {quantize} from '../../src/index.js';
import {smallMobileNet} from '../src/small_mobilenet.js';

const URL = 'indexeddb://tfjs-dfq-test';

describe('a quantized model in IndexedDB', () => {
  afterAll(async () => {
    await io.removeModel(URL);
  });

  it('is the same model after it is loaded', async () => {
    await setBackend('int8');
    const model = await smallMobileNet();
    const quantized = await quantize(model);
    await quantized.save(URL);
    const loaded = await loadGraphModel(URL);
    const [input] = loaded.inputs;
    const shape = (input.shape ?? []).map(size => Math.max(size, 1));
    const count = shape.reduce((a, b) => a * b, 1);
    const x = tensor(
      Float32Array.from({length: count}, (_, i) => Math.sin(i)),
      shape,
    );
    const [before, after] = [quantized, loaded].map(m => (m.predict(x) as Tensor).dataSync());
    expect([...after]).toEqual([...before]);
  });
});
