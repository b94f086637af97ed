import * as tf from '@tensorflow/tfjs-core';
import '../../backend/index.js';
import {expectSameResults, resultsOf, type Result} from './compare.js';

const ramp = <R extends tf.Rank>(shape: tf.ShapeMap[R]) =>
  tf.reshape<R>(tf.sin(tf.range(0, tf.util.sizeFromShape(shape))), shape);
const image = (size: number, channels: number) => ramp<tf.Rank.R4>([1, size, size, channels]);
const filter = (height: number, width: number, channels: number, outputs: number) =>
  ramp<tf.Rank.R4>([height, width, channels, outputs]);

/** Calls that `wasm` refuses or gets wrong. */
const CALLS: Readonly<Record<string, () => tf.TensorContainer>> = {
  'conv2d, 1×3 window, SAME, strides that leave out a pixel': () =>
    tf.conv2d(image(8, 3), filter(1, 3, 3, 2), [2, 2], 'same'),
  'conv2d, 2×2 window, SAME, strides beyond the window': () =>
    tf.conv2d(image(9, 3), filter(2, 2, 3, 2), [3, 3], 'same'),
  'depthwiseConv2d, 3×1 window, SAME, strides that leave out a pixel': () =>
    tf.depthwiseConv2d(image(8, 3), filter(3, 1, 3, 2), [2, 2], 'same'),
  'conv2d, 1×1 window, SAME, strides that leave out a pixel': () =>
    tf.conv2d(image(8, 3), filter(1, 1, 3, 2), [2, 2], 'same'),
  'conv2d, NCHW': () =>
    tf.conv2d(ramp<tf.Rank.R4>([1, 3, 5, 5]), filter(2, 2, 3, 2), 1, 'same', 'NCHW'),
  'fused conv2d, scalar bias': () =>
    tf.fused.conv2d({
      x: image(5, 3),
      filter: filter(2, 2, 3, 4),
      strides: 1,
      pad: 'same',
      bias: tf.scalar(0.5),
    }),
  'fused conv2d, bias reshaped to one value per channel': () =>
    tf.fused.conv2d({
      x: image(5, 3),
      filter: filter(2, 2, 3, 4),
      strides: 1,
      pad: 'same',
      bias: tf.reshape(ramp<tf.Rank.R4>([1, 1, 1, 4]), [4]),
    }),
  'fused conv2d, PReLU with a slope per row': () =>
    tf.fused.conv2d({
      x: image(5, 3),
      filter: filter(2, 2, 3, 4),
      strides: 1,
      pad: 'same',
      activation: 'prelu',
      preluActivationWeights: ramp<tf.Rank.R3>([5, 1, 4]),
    }),
  'fused depthwise conv2d, PReLU with a slope per channel': () =>
    tf.fused.depthwiseConv2d({
      x: image(5, 3),
      filter: filter(2, 2, 3, 2),
      strides: 1,
      pad: 'same',
      activation: 'prelu',
      preluActivationWeights: ramp<tf.Rank.R1>([6]),
    }),
  'fused matMul, transposed, with a bias': () =>
    tf.fused.matMul({
      a: ramp<tf.Rank.R2>([4, 3]),
      b: ramp<tf.Rank.R2>([5, 4]),
      transposeA: true,
      transposeB: true,
      bias: ramp<tf.Rank.R1>([5]),
    }),
  'fused matMul, bias of one value': () =>
    tf.fused.matMul({
      a: ramp<tf.Rank.R2>([3, 4]),
      b: ramp<tf.Rank.R2>([4, 5]),
      bias: tf.tensor1d([0.5]),
    }),
  'prelu, a slope per row': () =>
    tf.prelu(ramp<tf.Rank.R3>([2, 3, 4]), ramp<tf.Rank.R3>([1, 3, 1])),
  'prelu, slopes that spread over no axis': () =>
    tf.prelu(ramp<tf.Rank.R3>([2, 3, 4]), ramp<tf.Rank.R3>([2, 3, 4])),
  'maxPool, 1×1 window': () => tf.maxPool(image(5, 3), 1, 2, 'valid'),
  'maxPool, 1×1 window with padding': () => tf.maxPool(image(2, 3), 1, 2, 1),
  'avgPool, 1×1 window with padding': () => tf.avgPool(image(2, 3), 1, 2, 1),
  'avgPool, 1×1 window': () => tf.avgPool(image(5, 3), 1, 2, 'same'),
  'maxPool, integers': () =>
    tf.maxPool(tf.cast(tf.mul<tf.Tensor4D>(image(5, 3), 99), 'int32'), 2, 1, 'same'),
  'bincount of a matrix': () =>
    tf.bincount(tf.tensor2d([[0, 1], [1, 3]], [2, 2], 'int32') as unknown as tf.Tensor1D, tf.tensor1d([]), 4), // prettier-ignore
  'cast to bool': () => tf.cast(tf.tensor1d([0, 256, -3, 512], 'int32'), 'bool'),
  'cast of fractions to bool': () => tf.cast(tf.tensor1d([0, 0.5, -0.25, 256]), 'bool'),
  'clip of integers': () => tf.clipByValue(tf.tensor1d([-300, 5, 300], 'int32'), -7, 9),
  'matMul of integers': () =>
    tf.matMul(tf.tensor2d([[1, 2]], [1, 2], 'int32'), tf.tensor2d([[3], [4]], [2, 1], 'int32')),
  'isNaN of integers': () => tf.isNaN(tf.tensor1d([1, 0x7fc00000], 'int32')),
  'complex numbers': () => {
    const x = tf.complex(ramp<tf.Rank.R1>([8]), tf.zeros([8]));
    const y = tf.fft(x);
    return [tf.real(y), tf.imag(y), tf.real(tf.add(x, 1))];
  },
  'complex numbers, moved about': () => {
    const x = tf.complex(
      tf.tensor2d([
        [1, 2],
        [3, 4],
      ]),
      tf.tensor2d([
        [5, 6],
        [7, 8],
      ]),
    );
    return tf.imag(tf.transpose(tf.concat([x, tf.clone(x)], 1)));
  },
  'an operand that only CPU kernels make': () =>
    tf.add(
      tf.linspace(0, 1, 5),
      tf.cumsum(tf.einsum('i,i->i', ramp<tf.Rank.R1>([5]), tf.ones([5]))),
    ),
  'lists of operands': () =>
    tf.raggedGather([tf.tensor1d([0, 2, 4], 'int32')], tf.tensor1d([1, 2, 3, 4]), tf.tensor1d([1, 0], 'int32'), 1).outputDenseValues, // prettier-ignore
};

describe('float ops on int8 give what they give on cpu:', () => {
  const expected: Record<string, Result[]> = {};

  beforeAll(async () => {
    tf.env().set('IS_TEST', true); // tfjs then looks for leaks after every kernel
    await tf.setBackend('cpu');
    for (const [name, call] of Object.entries(CALLS)) expected[name] = resultsOf(call);
    await tf.setBackend('int8');
  });

  afterAll(() => {
    tf.env().set('IS_TEST', false);
  });

  for (const [name, call] of Object.entries(CALLS)) {
    it(name, () => {
      const before = [tf.memory().numTensors, tf.engine().backend.numDataIds()];
      expectSameResults(resultsOf(call), expected[name]);
      expect([tf.memory().numTensors, tf.engine().backend.numDataIds()]).toEqual(before);
    });
  }

  it('strings', () => {
    const text = tf.tidy(() =>
      tf.slice(tf.concat([tf.tensor1d(['a', 'ä']), tf.fill([2], 'c')]), 1, 2).dataSync(),
    );
    expect(Array.from(text as unknown as string[])).toEqual(['ä', 'c']);
  });

  it('a slice out of bounds is an error', () => {
    const x = tf.zeros([2, 2]);
    expect(() => tf.slice(x, [0, 1], [2, 2])).toThrowError(/would overflow/);
    x.dispose();
  });

  it('a kernel that none of them has is an error that names it', () => {
    expect(() => tf.engine().runKernel('NoSuchKernel', {}, {})).toThrowError(/NoSuchKernel/);
  });
});
