import * as tf from '@tensorflow/tfjs-core';
import '../../backend/index.js';
import {int8Backend, int8Tensor, int8Values} from './int8_tensor.js';

const VALUES = [-128, -1, 0, 1, 2, 127];

/** Everything that must be as before: what tfjs counts, the data of all stores, and our own bytes. */
function inUse(): number[] {
  const {numTensors, numDataBuffers, numBytes} = tf.memory();
  const {microkernels} = int8Backend();
  return [
    numTensors,
    numDataBuffers,
    numBytes,
    tf.engine().backend.numDataIds(),
    microkernels.memory.bytesInUse,
  ];
}

const read = (x: tf.Tensor) => Array.from(x.dataSync());

describe('Int8Backend', () => {
  let before: number[];

  beforeAll(async () => {
    await tf.setBackend('int8');
    tf.env().set('IS_TEST', true); // tfjs then looks for leaks after every kernel
  });

  afterAll(() => {
    tf.env().set('IS_TEST', false);
  });

  beforeEach(() => {
    before = inUse();
  });

  afterEach(async () => {
    await tf.setBackend('int8');
    expect(inUse()).toEqual(before);
  });

  it('shows the values of float tensors wherever they lie', async () => {
    await tf.setBackend('cpu');
    const foreign = tf.tensor([3, 4]);
    await tf.setBackend('int8');
    const own = tf.tidy(() => tf.neg(tf.tensor([1, -2])));
    expect([foreign, own].map(x => Array.from(int8Backend().floats(x)))).toEqual([
      [3, 4],
      [-1, 2],
    ]);
    tf.dispose([foreign, own]);
  });

  it('keeps an int8 tensor in one byte a value, and presents it as int32', () => {
    const x = int8Tensor(VALUES, [2, 3]);
    expect(x.dtype).toBe('int32');
    expect(int8Backend().microkernels.memory.bytesInUse).toBe(before[4] + 6);
    expect(read(x)).toEqual(VALUES);
    expect(tf.memory().numTensors).toBe(before[0] + 1);
    x.dispose();
  });

  it('reads asynchronously, too', async () => {
    const x = int8Tensor(VALUES, [6]);
    expect(Array.from(await x.data())).toEqual(VALUES);
    expect(await x.array()).toEqual(VALUES);
    x.dispose();
  });

  it('holds a tensor without elements', () => {
    const x = int8Tensor([], [0, 3]);
    expect(read(x)).toEqual([]);
    x.dispose();
  });

  it('frees in tidy', () => {
    const y = tf.tidy(() => {
      const x = int8Tensor(VALUES, [2, 3]);
      return tf.add(tf.reshape(x, [6]), tf.reshape(tf.cast(x, 'float32'), [6]));
    });
    expect(read(y)).toEqual(VALUES.map(v => 2 * v));
    y.dispose();
  });

  it('shares the bytes of clones and reshapes until the last is disposed of', () => {
    const x = int8Tensor(VALUES, [2, 3]);
    const clone = x.clone();
    const reshaped = tf.reshape(x, [3, 2]);
    expect(int8Backend().refCount(x.dataId)).toBe(3);
    expect(int8Backend().microkernels.memory.bytesInUse).toBe(before[4] + 6);
    x.dispose();
    clone.dispose();
    expect(reshaped.shape).toEqual([3, 2]);
    expect(read(reshaped)).toEqual(VALUES);
    reshaped.dispose();
  });

  it('is kept by a variable', () => {
    const x = int8Tensor(VALUES, [6]);
    const variable = tf.variable(x);
    x.dispose();
    expect(read(variable)).toEqual(VALUES);
    variable.dispose();
  });

  it('throws on reading what is disposed of', () => {
    const x = int8Tensor(VALUES, [6]);
    const {dataId} = x;
    x.dispose();
    expect(() => int8Backend().readSync(dataId)).toThrowError(/is disposed/);
  });

  for (const other of ['cpu', 'wasm']) {
    it(`moves to ${other} and back with all its references`, async () => {
      const x = int8Tensor(VALUES, [2, 3]);
      const clone = x.clone();
      await tf.setBackend(other);
      const sum = tf.tidy(() => tf.add(x, tf.scalar(1, 'int32')));
      expect(read(sum)).toEqual(VALUES.map(v => v + 1));
      expect(read(x)).toEqual(VALUES);
      await tf.setBackend('int8');
      expect(int8Backend().holdsInt8(x)).toBe(false);
      int8Backend().block(x);
      expect(int8Backend().holdsInt8(x)).toBe(true);
      x.dispose();
      expect(read(clone)).toEqual(VALUES);
      tf.dispose([clone, sum]);
    });

    it(`takes over a constant that was made on ${other}`, async () => {
      await tf.setBackend(other);
      const constant = tf.tensor2d(VALUES, [2, 3], 'int32');
      const floats = tf.tensor1d([1, 2, 3]);
      await tf.setBackend('int8');
      const backend = int8Backend();
      expect(Array.from(backend.microkernels.memory.view(backend.block(constant)))).toEqual(VALUES);
      expect(Array.from(backend.values(floats))).toEqual([1, 2, 3]);
      const y = tf.mul(constant, floats);
      expect(read(y)).toEqual([-128, -2, 0, 1, 4, 381]);
      await tf.setBackend(other);
      tf.dispose([constant, floats, y]);
    });

    it(`frees what was derived from a constant when ${other} is in use`, async () => {
      await tf.setBackend(other);
      const constant = tf.tensor1d([1, 2, 3]);
      await tf.setBackend('int8');
      let freed = 0;
      int8Backend().derived(constant, 'test', () => 'value', () => freed++); // prettier-ignore
      await tf.setBackend(other);
      expect(read(tf.keep(constant))).toEqual([1, 2, 3]);
      constant.dispose();
      expect(freed).toBe(1);
    });
  }

  it('moves complex numbers', async () => {
    await tf.setBackend('int8');
    const x = tf.complex([1, 2], [3, 4]);
    await tf.setBackend('cpu');
    const imaginary = tf.imag(x);
    expect(read(imaginary)).toEqual([3, 4]);
    await tf.setBackend('int8');
    const real = tf.real(tf.keep(x));
    expect(read(real)).toEqual([1, 2]);
    tf.dispose([x, imaginary, real]);
  });

  it('derives a value once, and frees it with its owner', () => {
    const owner = int8Tensor(VALUES, [6]);
    const freed: string[] = [];
    let built = 0;
    const derive = (key: string) =>
      int8Backend().derived(
        owner,
        key,
        () => `${key} ${++built}`,
        value => freed.push(value),
      );
    expect([derive('a'), derive('b'), derive('a')]).toEqual(['a 1', 'b 2', 'a 1']);
    const clone = owner.clone();
    owner.dispose();
    expect(freed).toEqual([]);
    clone.dispose();
    expect(freed).toEqual(['a 1', 'b 2']);
  });

  it('narrows an int32 constant once, and lets it go', () => {
    const x = tf.tensor2d(int8Values(12), [3, 4], 'int32');
    const block = int8Backend().block(x);
    expect(int8Backend().block(x)).toBe(block);
    expect(int8Backend().holdsInt8(x)).toBe(true);
    expect(read(x)).toEqual(Array.from(int8Values(12)));
    x.dispose();
  });

  const LARGE = Int32Array.from({length: 1500}, (_, i) => (i % 256) - 128);
  const wasmHas = (x: tf.Tensor) => int8Backend().inner.wasm?.has(x.dataId);

  it('keeps a large int32 constant of small values in one byte each', () => {
    const x = tf.tensor(LARGE, [30, 50]);
    const clone = x.clone();
    expect([wasmHas(x), int8Backend().holdsInt8(x)]).toEqual([false, false]);
    expect(read(x)).toEqual(Array.from(LARGE));
    expect(tf.memory().numBytes).toBe(before[2] + 2 * 4 * LARGE.length);
    expect(int8Backend().refCount(x.dataId)).toBe(2);
    tf.dispose([x, clone]);
  });

  it('gives float kernels such a constant as int32, with all its references', () => {
    const x = tf.tensor(LARGE, [30, 50]);
    const clone = x.clone();
    const y = tf.tidy(() => tf.add(tf.reshape(x, [1500]), tf.scalar(1000, 'int32')));
    expect(read(y)).toEqual(Array.from(LARGE, value => value + 1000));
    expect([wasmHas(x), int8Backend().holdsInt8(x)]).toEqual([true, false]);
    x.dispose();
    expect(read(clone)).toEqual(Array.from(LARGE));
    tf.dispose([clone, y]);
  });

  it('does not look at what the caller does with the array afterwards', () => {
    const values = LARGE.slice();
    const x = tf.tensor1d(values, 'int32');
    values.fill(7);
    expect(read(x)).toEqual(Array.from(LARGE));
    x.dispose();
  });

  it('keeps large values, and other dtypes, as they are', () => {
    const large = LARGE.slice();
    large[1499] = 128;
    const tensors = [tf.tensor1d(large, 'int32'), tf.tensor1d(Float32Array.from(LARGE))];
    expect(tensors.map(wasmHas)).toEqual([true, true]);
    expect(tensors.map(read)).toEqual([Array.from(large), Array.from(LARGE)]);
    tf.dispose(tensors);
  });

  it('restores bytes it let go of when somebody needs them', async () => {
    const restored = Int8Array.from(VALUES);
    let calls = 0;
    const x = int8Tensor(VALUES, [6]);
    const bytes = int8Backend().microkernels.memory;
    const letGo = () =>
      int8Backend().replaceBytes(x, () => {
        calls++;
        return restored;
      });
    letGo();
    expect(bytes.bytesInUse).toBe(before[4]);
    expect(int8Backend().holdsInt8(x)).toBe(true);
    expect([read(x), Array.from(int8Backend().int8Values(x))]).toEqual([VALUES, VALUES]);
    expect([calls, bytes.bytesInUse]).toEqual([2, before[4]]);
    expect(tf.tidy(() => read(tf.reverse(x)))).toEqual([...VALUES].reverse());
    expect([calls, bytes.bytesInUse]).toEqual([3, before[4] + 6]);
    letGo();
    await tf.setBackend('cpu');
    expect(tf.tidy(() => read(tf.add(x, tf.scalar(1, 'int32'))))).toEqual(VALUES.map(q => q + 1));
    x.dispose();
  });

  it('does not narrow what is no int8', () => {
    const large = tf.tensor1d([1, 128], 'int32');
    const float = tf.tensor1d([1, 2]);
    expect(() => int8Backend().block(large)).toThrowError(
      'int8 backend: a tensor of dtype int32, shape [2] holds 128, outside int8; quantize it first',
    );
    expect(() => int8Backend().block(float)).toThrowError(/dtype float32.*quantize it first/);
    expect(read(large)).toEqual([1, 128]);
    tf.dispose([large, float]);
  });

  it('leaves nothing behind when a float kernel fails', () => {
    const x = int8Tensor(VALUES, [2, 3]);
    expect(() => tf.engine().runKernel('BatchMatMul', {a: x, b: x}, {})).toThrow();
    x.dispose();
  });

  it('measures time', async () => {
    const {wallMs, kernelMs} = await tf.time(() => tf.tidy(() => tf.zeros([2]).dataSync()));
    expect(wallMs >= 0 && (kernelMs as number) >= 0).toBe(true);
  });
});
