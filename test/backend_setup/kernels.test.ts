import type * as Core from '@tensorflow/tfjs-core';
import {convolve, freshTf, importInt8, importWasm, runningInt8} from './fresh.js';

describe('int8', () => {
  let tf: typeof Core;

  beforeEach(async () => {
    tf = await freshTf();
    await importInt8();
  });

  it('has every kernel of wasm and cpu', async () => {
    await tf.setBackend('int8');
    const names = ['wasm', 'cpu'].flatMap(backend =>
      tf.getKernelsForBackend(backend).map(({kernelName}) => kernelName),
    );
    expect(names.filter(name => tf.getKernel(name, 'int8') == null)).toEqual([]);
  });

  for (const backendName of ['wasm', 'cpu']) {
    it(`has a kernel that the app registers for ${backendName}, when it is set the next time`, async () => {
      await tf.setBackend('int8');
      let setUp = 0;
      tf.registerKernel({
        kernelName: 'AppKernel',
        backendName,
        setupFunc: () => setUp++,
        kernelFunc: ({inputs, backend}) => {
          expect(backend).not.toBe(tf.backend());
          return {...(inputs.x as Core.TensorInfo), shape: [2, 1]};
        },
      });
      await tf.setBackend('int8');
      const y = tf.engine().runKernel<Core.Tensor>('AppKernel', {x: tf.tensor1d([1, 2])});
      expect(y.shape).toEqual([2, 1]);
      expect(setUp).toBe(backendName === 'wasm' ? 1 : 0);
    });
  }

  it('uses the kernel that the app puts in the place of one of wasm', async () => {
    await tf.setBackend('int8');
    tf.registerKernel({
      kernelName: 'Square',
      backendName: 'wasm',
      kernelFunc: ({inputs}) => inputs.x as Core.TensorInfo,
    });
    expect(Array.from(tf.square(tf.tensor1d([3])).dataSync())).toEqual([3]);
  });
});

describe('without WebAssembly, int8', () => {
  const {WebAssembly: webAssembly} = globalThis;

  afterEach(() => {
    globalThis.WebAssembly = webAssembly;
  });

  it('runs float ops on cpu', async () => {
    const tf = await freshTf();
    await importInt8();
    Reflect.deleteProperty(globalThis, 'WebAssembly');
    jest.spyOn(console, 'warn').mockImplementation(() => undefined); // emscripten says that it aborts
    expect(await tf.setBackend('int8')).toBe(true);
    expect(runningInt8(tf).inner.wasm).toBe(undefined);
    expect(convolve(tf, tf.ones([1, 3, 3, 4]), tf.ones([3, 3, 4, 2]))).toEqual([36, 36]);
    expect(tf.memory().numDataBuffers).toBe(2);
  });

  it('does so too if the binaries of wasm are not to be found', async () => {
    const tf = await freshTf();
    (await importWasm()).setWasmPaths('/nowhere/');
    await importInt8();
    jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    expect(await tf.setBackend('int8')).toBe(true);
    expect(runningInt8(tf).inner.wasm).toBe(undefined);
    expect(convolve(tf, tf.ones([1, 3, 3, 4]), tf.ones([3, 3, 4, 2]))).toEqual([36, 36]);
  });
});
