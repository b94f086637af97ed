import {backend, env, memory, setBackend, tensor, tidy, type Tensor} from '@tensorflow/tfjs-core';
import {Int8Backend} from '../../../backend/index.js';
import {Int8Op, type Int8Attrs, type PaddingMode} from '../../../src/ops.js';
import {messageOf} from '../oracle/message_of.js';
import {filterOperands} from '../oracle/accumulator_cases.js';
import {int8s, ints} from '../oracle/op_case.js';
import {conv2D, type Operands} from '../oracle/op_oracle.js';
import {Random} from '../oracle/random.js';
import {runKernel, tensorsOf} from './run_op.js';

const ATTRS: Int8Attrs['Int8Conv2D'] = {
  xScale: Math.fround(0.02),
  xZeroPoint: 12,
  outScale: Math.fround(0.3),
  outZeroPoint: -7,
  lo: -128,
  hi: 127,
  activation: 'none',
  strides: [1, 1],
  padding: 'SAME',
  dilations: [1, 1],
};

function int8Backend(): Int8Backend {
  const current = backend();
  if (current instanceof Int8Backend) return current;
  throw new Error('the current backend is not int8');
}

function dispose(tensors: Record<string, Tensor>): void {
  for (const x of Object.values(tensors)) x.dispose();
}

describe('int8 kernels', () => {
  beforeAll(async () => {
    await setBackend('int8');
  });

  it('serve images of any size and batch with one packed filter', () => {
    const random = new Random(1);
    const constants = filterOperands(random, [3, 3, 4, 9], 9);
    const filter = tensorsOf(constants);
    const packs: number[] = [];
    for (const shape of [
      [1, 5, 5, 4],
      [16, 3, 7, 4],
      [2, 1, 1, 4],
      [1, 5, 5, 4],
    ]) {
      // prettier-ignore
      for (const padding of ['SAME', 'EXPLICIT'] as PaddingMode[]) {
        const attrs: Int8Attrs['Int8Conv2D'] = {...ATTRS, padding, explicitPaddings: [1, 2, 2, 1]};
        const operands: Operands = {x: int8s(random, shape), ...constants};
        const y = tidy(() => {
          const x = tensor(operands['x'].values, shape, 'int32');
          return Array.from(runKernel(Int8Op.Conv2D, {x, ...filter}, attrs).dataSync());
        });
        expect(y).toEqual(Array.from(conv2D(operands, attrs).values));
        packs.push(int8Backend().microkernels.memory.bytesInUse);
      }
    }
    expect(new Set(packs).size).toBe(1);
    dispose(filter);
  });

  it('pack a filter that two layers share once for each of them', () => {
    const random = new Random(2);
    const operands: Operands = {
      x: int8s(random, [1, 4, 4, 3]),
      ...filterOperands(random, [2, 2, 3, 5], 5),
    };
    const tensors = tensorsOf(operands);
    const layers: Int8Attrs['Int8Conv2D'][] = [
      ATTRS,
      {...ATTRS, xZeroPoint: -90},
      {...ATTRS, outScale: Math.fround(0.1), lo: -7},
      ATTRS,
    ];
    for (const attrs of layers) {
      const y = tidy(() => runKernel(Int8Op.Conv2D, tensors, attrs).arraySync());
      expect((y as number[][][][]).flat(3)).toEqual(Array.from(conv2D(operands, attrs).values));
    }
    const other: Operands = {...operands, bias: ints([9, -9, 900, -900, 0], [5])};
    const bias = tensor(other['bias'].values, [5], 'int32');
    const y = tidy(() => runKernel(Int8Op.Conv2D, {...tensors, bias}, ATTRS).dataSync());
    expect(Array.from(y)).toEqual(Array.from(conv2D(other, ATTRS).values));
    dispose({...tensors, bias});
  });

  it('free all with the constants', () => {
    const before = [memory().numTensors, memory().numBytes, backend().numDataIds()];
    const {memory: blocks} = int8Backend().microkernels;
    const bytes = blocks.bytesInUse;
    const random = new Random(3);
    const tensors = tensorsOf({
      x: int8s(random, [1, 4, 4, 3]),
      ...filterOperands(random, [2, 2, 3, 5], 5),
    });
    runKernel(Int8Op.Conv2D, tensors, ATTRS).dispose();
    expect(blocks.bytesInUse).toBeGreaterThan(bytes);
    dispose(tensors);
    expect(blocks.bytesInUse).toBe(bytes);
    expect([memory().numTensors, memory().numBytes, backend().numDataIds()]).toEqual(before);
  });

  it('pass the leak check of tfjs', () => {
    const wasTest = env().getBool('IS_TEST');
    env().set('IS_TEST', true);
    const random = new Random(4);
    const tensors = tensorsOf({
      x: int8s(random, [2, 4, 4, 6]),
      ...filterOperands(random, [2, 2, 6, 5], 5),
    });
    tidy(() => {
      runKernel(Int8Op.Conv2D, tensors, ATTRS);
      const {x} = tensors;
      runKernel(Int8Op.Mean, {x}, {...ATTRS, axes: [1, 3], keepDims: false});
      const scales = {aScale: 1, aZeroPoint: 0, bScale: 1, bZeroPoint: 0};
      const b = tensor([1, 2, 3, 4], [1, 4, 1, 1], 'int32');
      const wide = tensor(new Int32Array(12), [2, 1, 1, 6], 'int32');
      runKernel(Int8Op.Add, {a: b, b: wide}, {...ATTRS, ...scales});
    });
    env().set('IS_TEST', wasTest);
    dispose(tensors);
  });
});

describe('int8 kernels refuse', () => {
  beforeAll(async () => {
    await setBackend('int8');
  });

  /** The message of a convolution that differs in some operands or attributes from one that is right. */
  function failure(op: Int8Op, changed: Operands, attrs: Partial<Int8Attrs['Int8Conv2D']> = {}) {
    const random = new Random(1);
    const shape =
      op === Int8Op.MatMul ? [3, 5] : op === Int8Op.Conv2D ? [2, 2, 3, 5] : [2, 2, 3, 1];
    const channels = op === Int8Op.DepthwiseConv2D ? 3 : 5;
    const operands: Operands = {
      x: int8s(random, [1, 4, 4, 3]),
      ...filterOperands(random, shape, channels),
      ...changed,
    };
    return messageOf(() =>
      tidy(() => runKernel(op, tensorsOf(operands), {...ATTRS, ...attrs}).dataSync()),
    );
  }

  const zeros = (...shape: number[]) =>
    ints(new Int32Array(shape.reduce((n, s) => n * s, 1)), shape);

  it('an image of the wrong rank or depth', () => {
    expect(failure(Int8Op.Conv2D, {x: zeros(4, 4, 3)})).toBe(
      'Int8Conv2D: x has shape [4, 4, 3], but must be of rank 4',
    );
    expect(failure(Int8Op.Conv2D, {x: zeros(1, 4, 4, 2)})).toBe(
      'Int8Conv2D: x has shape [1, 4, 4, 2], but the filter takes 3 channels',
    );
    expect(failure(Int8Op.DepthwiseConv2D, {x: zeros(1, 4, 4, 2)})).toBe(
      'Int8DepthwiseConv2D: x has shape [1, 4, 4, 2], but the filter takes 3 channels',
    );
    expect(failure(Int8Op.MatMul, {x: zeros(2, 4)})).toBe(
      'Int8MatMul: x has shape [2, 4], but the filter takes [..., 3]',
    );
  });

  it('a filter larger than the image, without padding', () => {
    expect(failure(Int8Op.Conv2D, {x: zeros(1, 1, 4, 3)}, {padding: 'VALID'})).toBe(
      'Int8Conv2D: x has shape [1, 1, 4, 3], smaller than the 2×2 filter',
    );
  });

  it('constants that do not fit the filter', () => {
    expect(failure(Int8Op.Conv2D, {bias: zeros(4)})).toBe(
      'Int8Conv2D: bias is int32 [4], but must be int32 [5]',
    );
    expect(failure(Int8Op.Conv2D, {filterScale: {values: Float32Array.of(1, 2), shape: [2]}})).toBe(
      'Int8Conv2D: filterScale has 2 elements, but must have 1 or 5',
    );
    expect(failure(Int8Op.Conv2D, {filterZeroPoint: ints([200], [1])})).toBe(
      'Int8Conv2D: filterZeroPoint is outside int8',
    );
    expect(failure(Int8Op.Conv2D, {activation: zeros(255)}, {activation: 'table'})).toBe(
      'Int8Conv2D: activation must be a table of 256 integers of [-128, 127]',
    );
  });

  it('accumulators that could overflow int32', () => {
    const large = {bias: ints([0, 2 ** 31 - 1, 0, 0, 0], [5])};
    expect(failure(Int8Op.Conv2D, large)).toBe(
      'Int8Conv2D: 12 products and a bias of 2147483647 may overflow the int32 accumulator; ' +
        'leave the layer in float',
    );
    const deep = {x: zeros(1, 33026), filter: zeros(33026, 5), bias: zeros(5)};
    expect(failure(Int8Op.MatMul, deep)).toBe(
      'Int8MatMul: 33026 products and a bias of 0 may overflow the int32 accumulator; ' +
        'leave the layer in float',
    );
    expect(
      failure(Int8Op.MatMul, {x: zeros(1, 33025), filter: zeros(33025, 5), bias: zeros(5)}),
    ).toBe(undefined);
  });

  it('shapes that do not broadcast', () => {
    const scales = {aScale: 1, aZeroPoint: 0, bScale: 1, bZeroPoint: 0};
    expect(
      messageOf(() =>
        tidy(() =>
          runKernel(Int8Op.Add, tensorsOf({a: zeros(2, 3), b: zeros(2)}), {...ATTRS, ...scales}),
        ),
      ),
    ).toBe('Int8Add: shapes [2, 3] and [2] do not broadcast');
  });

  it('pools whose window may lie in the padding', () => {
    for (const explicitPaddings of [
      [2, 0, 0, 0],
      [0, 2, 0, 0],
      [0, 0, 2, 0],
      [0, 0, 0, 2],
    ] as [number, number, number, number][]) {
      const attrs: Int8Attrs['Int8MaxPool'] = {
        filterSize: [2, 2],
        strides: [1, 1],
        padding: 'EXPLICIT',
        explicitPaddings,
      };
      const x = zeros(1, 4, 4, 1);
      expect(messageOf(() => tidy(() => runKernel(Int8Op.MaxPool, tensorsOf({x}), attrs)))).toBe(
        'Int8MaxPool: the padding must be smaller than the 2×2 window',
      );
    }
  });

  it('sizes, tables and axes that make no sense', () => {
    const resize = {alignCorners: false, halfPixelCenters: false};
    const x = zeros(1, 4, 4, 1);
    const message = (op: Int8Op, operands: Operands, attrs: Int8Attrs[Int8Op]) =>
      messageOf(() => tidy(() => runKernel(op, tensorsOf(operands), attrs)));
    expect(message(Int8Op.ResizeBilinear, {x, size: ints([0, 3], [2])}, resize)).toBe(
      'Int8ResizeBilinear: size is [0, 3], but must be a height and a width',
    );
    expect(message(Int8Op.Lookup, {x, table: zeros(255)}, {...ATTRS, function: ''})).toBe(
      'Int8Lookup: table has shape [255], but must hold 256 values',
    );
    expect(message(Int8Op.Softmax, {x, exponentials: zeros(256)}, {...ATTRS, outScale: 0.3})).toBe(
      'Int8Softmax: outScale is 0.3, but must be 1 / L with a whole number L of [2, 256]',
    );
    expect(
      message(Int8Op.Softmax, {x, exponentials: zeros(256)}, {...ATTRS, outScale: 1 / 256}),
    ).toBe('Int8Softmax: exponentials must be 256 integers of [0, 2^20] that begin with 2^20');
    expect(message(Int8Op.Mean, {x}, {...ATTRS, axes: [4], keepDims: false})).toBe(
      'Int8Mean: axes [4] do not fit x of shape [1, 4, 4, 1]',
    );
  });

  it('values outside int8', () => {
    expect(failure(Int8Op.Conv2D, {x: ints(new Int32Array(48).fill(128), [1, 4, 4, 3])})).toBe(
      'int8 backend: a tensor of dtype int32, shape [1, 4, 4, 3] holds 128, outside int8; ' +
        'quantize it first',
    );
  });
});
