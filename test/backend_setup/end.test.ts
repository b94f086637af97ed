import type {BackendWasm} from '@tensorflow/tfjs-backend-wasm';
import type * as Core from '@tensorflow/tfjs-core';
import {convolve, freshTf, importInt8, importWasm, runningInt8} from './fresh.js';

describe('the end of a backend', () => {
  let tf: typeof Core;

  const isOver = (wasm: BackendWasm) => wasm.wasm === null;
  const filter = () => tf.ones<Core.Rank.R4>([3, 3, 4, 2]);
  const image = () => tf.ones<Core.Rank.R4>([1, 3, 3, 4]);

  beforeEach(async () => {
    tf = await freshTf();
    await importWasm();
    await importInt8();
    await tf.setBackend('wasm');
    await tf.setBackend('int8');
  });

  it('wasm: int8 goes on, with the tensors of wasm', async () => {
    await tf.setBackend('wasm');
    const weights = filter();
    await tf.setBackend('int8');
    tf.removeBackend('wasm');
    expect(convolve(tf, image(), weights)).toEqual([36, 36]);
  });

  it('int8: wasm goes on, and float tensors made on int8 can be read', async () => {
    const weights = filter();
    tf.removeBackend('int8');
    await tf.setBackend('wasm');
    expect(convolve(tf, image(), weights)).toEqual([36, 36]);
    expect(weights.dataSync()[0]).toBe(1);
    weights.dispose();
  });

  it('int8: its memory is free, and what it derived', () => {
    const backend = runningInt8(tf);
    const {info} = backend.output([5]);
    let freed = 0;
    backend.derived(info, 'test', () => 1, () => freed++); // prettier-ignore
    expect(backend.microkernels.memory.bytesInUse).toBe(5);
    tf.removeBackend('int8');
    expect(backend.microkernels.memory.bytesInUse).toBe(0);
    expect(freed).toBe(1);
    expect(() => backend.readSync(info.dataId)).toThrowError(/is disposed/);
  });

  it('both: the WASM instance ends with the last', () => {
    const wasm = tf.engine().registry.wasm as unknown as BackendWasm;
    tf.removeBackend('wasm');
    expect(isOver(wasm)).toBe(false);
    tf.removeBackend('int8');
    expect(isOver(wasm)).toBe(true);
  });

  it('both, in the other order', () => {
    const wasm = tf.engine().registry.wasm as unknown as BackendWasm;
    tf.removeBackend('int8');
    expect(isOver(wasm)).toBe(false);
    tf.removeBackend('wasm');
    expect(isOver(wasm)).toBe(true);
  });

  it('cpu: int8 goes on', async () => {
    tf.removeBackend('cpu');
    expect(tf.fft(tf.complex([1, 1], [0, 0])).shape).toEqual([2]); // a kernel that WASM lacks
    expect(convolve(tf, image(), filter())).toEqual([36, 36]);
  });

  it('cpu: tensors of its successor move to int8', async () => {
    const factory = tf.findBackendFactory('cpu');
    tf.removeBackend('cpu');
    tf.registerBackend('cpu', factory);
    await tf.setBackend('cpu');
    const complex = tf.complex([[1, 2]], [[3, 4]]);
    const text = tf.tensor1d(['a', 'ä']);
    const weights = filter();
    await tf.setBackend('int8');
    expect(Array.from(tf.imag(tf.clone(complex)).dataSync())).toEqual([3, 4]);
    expect(Array.from(tf.real(tf.reshape(complex, [2])).dataSync())).toEqual([1, 2]);
    expect(Array.from(tf.concat([text, text]).dataSync())).toEqual(['a', 'ä', 'a', 'ä']);
    expect(convolve(tf, image(), weights)).toEqual([36, 36]);
  });

  it('of any is followed by another of the same name', async () => {
    const factories = ['int8', 'wasm'].map(name => ({name, factory: tf.findBackendFactory(name)}));
    for (const {name, factory} of factories) {
      tf.removeBackend(name);
      tf.registerBackend(name, factory);
    }
    for (const {name} of factories) {
      await tf.setBackend(name);
      expect(convolve(tf, image(), filter())).toEqual([36, 36]);
    }
  });
});
