import type * as Core from '@tensorflow/tfjs-core';
import {convolve, freshTf, importCpu, importInt8, importWasm, runningInt8} from './fresh.js';

const ORDERS = [
  ['int8', 'wasm', 'cpu'],
  ['int8', 'cpu', 'wasm'],
  ['wasm', 'int8', 'cpu'],
  ['wasm', 'cpu', 'int8'],
  ['cpu', 'int8', 'wasm'],
  ['cpu', 'wasm', 'int8'],
];

/** Uses every backend with tensors of every other. */
async function useTogether(tf: typeof Core, names: readonly string[]): Promise<void> {
  const filters: Core.Tensor4D[] = [];
  for (const name of names) {
    expect(await tf.setBackend(name)).toBe(true);
    filters.push(tf.ones([3, 3, 4, 2]));
  }
  for (const name of [...names, ...names]) {
    await tf.setBackend(name);
    expect(tf.getBackend()).toBe(name);
    for (const filter of filters) {
      expect(convolve(tf, tf.ones([1, 3, 3, 4]), filter)).toEqual([36, 36]);
    }
  }
}

describe('wasm, cpu and int8 work side by side', () => {
  for (const order of ORDERS) {
    it(`set up in the order ${order.join(', ')}`, async () => {
      const tf = await freshTf();
      await importCpu();
      await importWasm();
      await importInt8();
      await useTogether(tf, order);
      expect(tf.engine().registry.wasm).toBe(runningInt8(tf).inner.wasm?.backend);
    });
  }

  it('when int8 is imported before wasm', async () => {
    const tf = await freshTf();
    await importInt8();
    await importWasm();
    await useTogether(tf, ['wasm', 'int8', 'cpu']);
  });

  it('when only int8 is imported', async () => {
    const tf = await freshTf();
    await importInt8();
    await useTogether(tf, ['wasm', 'int8', 'cpu']);
  });

  it('when int8 is started while wasm starts', async () => {
    const tf = await freshTf();
    await importWasm();
    await importInt8();
    const results = await Promise.all([tf.setBackend('wasm'), tf.setBackend('int8')]);
    expect(results).toEqual([false, true]); // the engine drops the earlier of two
    expect(tf.getBackend()).toBe('int8');
    await useTogether(tf, ['int8', 'wasm', 'cpu']);
  });

  it('when wasm is started while int8 starts', async () => {
    const tf = await freshTf();
    await importWasm();
    await importInt8();
    const results = await Promise.all([tf.setBackend('int8'), tf.setBackend('wasm')]);
    expect(results).toEqual([false, true]);
    await useTogether(tf, ['wasm', 'int8', 'cpu']);
  });

  it('after the engine was reset', async () => {
    const tf = await freshTf();
    await importInt8();
    await useTogether(tf, ['int8', 'wasm', 'cpu']);
    tf.engine().reset();
    await useTogether(tf, ['wasm', 'int8', 'cpu']);
  });
});

describe('importing int8', () => {
  it('gives an app without a backend cpu, which needs no await', async () => {
    const tf = await freshTf();
    await importInt8();
    expect(Array.from(tf.add(tf.tensor1d([1, 2]), 1).dataSync())).toEqual([2, 3]);
    expect(tf.getBackend()).toBe('cpu');
  });

  it('leaves the backend of the app as it is', async () => {
    const tf = await freshTf();
    await importWasm();
    await tf.setBackend('wasm');
    await importInt8();
    expect(tf.getBackend()).toBe('wasm');
  });

  it('leaves the default to wasm where the app has imported that before', async () => {
    const tf = await freshTf();
    await importWasm();
    await importInt8();
    await tf.ready();
    expect(tf.getBackend()).toBe('wasm');
  });
});
