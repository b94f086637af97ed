import {Int8Op, type Int8Attrs} from '../../../src/ops.js';
import {f, floats, INPUT, int8s, ints, OUTPUT, type OpCase} from './op_case.js';
import * as expectations from './op_oracle.js';
import type {Operands} from './op_oracle.js';
import {Random} from './random.js';

type Activation = Int8Attrs['Int8MatMul']['activation'];

function activationFor(random: Random, activation: Activation, channels: number): Operands {
  switch (activation) {
    case 'none':
    case 'dequantize':
      return {};
    case 'cap':
      return {activation: ints(random.int32(channels, -40, 127), [channels])};
    case 'prelu':
      return {
        activation: floats(Array.from({length: channels}, () => random.next() * 1.6 - 0.6)),
      };
    case 'table':
      return {activation: int8s(random, [256])};
  }
}

/** Operands of a filter of the given shape; the last `axes` axes are output channels. */
export function filterOperands(
  random: Random,
  shape: number[],
  channels: number,
  activation: Activation = 'none',
  perChannel = true,
): Operands {
  const n = perChannel ? channels : 1;
  return {
    filter: int8s(random, shape),
    bias: ints(random.int32(channels, -60000, 60000), [channels]),
    filterScale: floats(Array.from({length: n}, () => 0.002 + random.next() * 0.01)),
    filterZeroPoint: ints(random.int32(n, -20, 20), [n]),
    ...activationFor(random, activation, channels),
  };
}

/** Images [batch, height, width], and windows over them. */
export function* windows(): Generator<
  [label: string, size: number[], attrs: Int8Attrs['Int8Conv2D']]
> {
  const base = {...INPUT, ...OUTPUT, activation: 'none' as const};
  const one: [number, number] = [1, 1];
  const two: [number, number] = [2, 2];
  yield ['SAME', [1, 5, 6], {...base, strides: one, padding: 'SAME', dilations: one}];
  yield ['VALID', [2, 5, 6], {...base, strides: one, padding: 'VALID', dilations: one}];
  yield [
    'SAME stride 2, even',
    [1, 6, 8],
    {...base, strides: two, padding: 'SAME', dilations: one},
  ];
  yield ['SAME stride 2, odd', [1, 7, 5], {...base, strides: two, padding: 'SAME', dilations: one}];
  yield [
    'VALID stride 2, rest',
    [1, 8, 6],
    {...base, strides: two, padding: 'VALID', dilations: one},
  ];
  yield ['SAME dilation 2', [1, 7, 8], {...base, strides: one, padding: 'SAME', dilations: two}];
  yield [
    'SAME strides and dilation',
    [1, 9, 8],
    {...base, strides: [2, 1], padding: 'SAME', dilations: two},
  ];
  yield [
    'EXPLICIT',
    [1, 5, 4],
    {...base, strides: [2, 1], padding: 'EXPLICIT', explicitPaddings: [2, 0, 0, 3], dilations: one},
  ];
  yield ['batch 16', [16, 3, 3], {...base, strides: one, padding: 'SAME', dilations: one}];
  yield [
    'image smaller than the filter',
    [1, 1, 2],
    {...base, strides: one, padding: 'SAME', dilations: one},
  ];
}

export function* convolutions(): Generator<OpCase> {
  let seed = 0;
  for (const [label, size, attrs] of windows()) {
    for (const [filter, channels] of [
      [[3, 3, 5, 9], 9],
      [[1, 1, 8, 8], 8],
      [[2, 3, 3, 1], 1],
    ] as const) {
      if (attrs.padding === 'VALID' && filter[0] > size[1]) continue;
      const random = new Random(seed++);
      const x = int8s(random, [...size, filter[2]]);
      const operands = {x, ...filterOperands(random, [...filter], channels)};
      const expected = expectations.conv2D(operands, attrs);
      yield {
        op: Int8Op.Conv2D,
        label: `${label}, filter ${filter.join('×')}`,
        operands,
        attrs,
        expected,
      };
    }
    for (const [filter, channels] of [
      [[3, 3, 9, 1], 9],
      [[3, 3, 3, 2], 6],
    ] as const) {
      const random = new Random(seed++);
      const x = int8s(random, [...size, filter[2]]);
      const operands = {x, ...filterOperands(random, [...filter], channels)};
      const expected = expectations.depthwiseConv2D(operands, attrs);
      yield {
        op: Int8Op.DepthwiseConv2D,
        label: `${label}, filter ${filter.join('×')}`,
        operands,
        attrs,
        expected,
      };
    }
  }
}

/** The sizes of operand and result, and the window that leads from the result to the operand. */
function* transposedWindows(): Generator<
  [x: number[], size: number[], filter: number[], attrs: Int8Attrs['Int8TransposedConv2D']]
> {
  const base = {...INPUT, ...OUTPUT, activation: 'none' as const};
  const two: [number, number] = [2, 2];
  yield [[2, 3, 4], [6, 8], [2, 2], {...base, strides: two, padding: 'SAME'}];
  yield [[1, 3, 4], [5, 8], [3, 3], {...base, strides: two, padding: 'SAME'}];
  yield [[1, 3, 4], [6, 7], [4, 4], {...base, strides: two, padding: 'SAME'}];
  yield [[1, 3, 4], [7, 10], [3, 3], {...base, strides: two, padding: 'VALID'}];
  yield [[1, 3, 4], [5, 6], [3, 3], {...base, strides: [1, 1], padding: 'VALID'}];
  yield [[16, 2, 1], [6, 3], [2, 5], {...base, strides: [3, 3], padding: 'SAME'}];
  const explicitPaddings: [number, number, number, number] = [2, 0, 1, 2];
  yield [
    [1, 4, 3],
    [7, 8],
    [3, 4],
    {...base, strides: [2, 3], padding: 'EXPLICIT', explicitPaddings},
  ];
}

export function* transposedConvolutions(): Generator<OpCase> {
  let seed = 8000;
  for (const [x, size, filter, attrs] of transposedWindows()) {
    for (const [inChannels, outChannels] of [
      [5, 9],
      [3, 1],
    ]) {
      for (const activation of ['none', 'cap', 'prelu', 'table', 'dequantize'] as const) {
        const random = new Random(seed++);
        const shape = [...filter, outChannels, inChannels];
        const operands = {
          x: int8s(random, [...x, inChannels]),
          ...filterOperands(random, shape, outChannels, activation, inChannels > 3),
          size: ints([x[0], ...size, outChannels], [4]),
        };
        const own = {...attrs, activation};
        yield {
          op: Int8Op.TransposedConv2D,
          label: `to ${size.join('×')}, filter ${shape.join('×')}, ${attrs.padding}, ${activation}`,
          operands,
          attrs: own,
          expected: expectations.transposedConv2D(operands, own),
        };
      }
    }
  }
}

/** Every activation, per tensor and per channel, on all three ops that accumulate. */
export function* activations(): Generator<OpCase> {
  let seed = 1000;
  for (const activation of ['none', 'cap', 'prelu', 'table', 'dequantize'] as const) {
    for (const perChannel of [false, true]) {
      for (const [lo, hi] of [
        [-128, 127],
        [-7, 50],
      ]) {
        const random = new Random(seed++);
        const base = {...INPUT, ...OUTPUT, lo, hi, activation};
        const table = activation === 'table' ? {tableScale: f(0.1), tableZeroPoint: 3} : {};
        const attrs = {...base, ...table};
        const window = {strides: [1, 1], padding: 'SAME', dilations: [1, 1]} as const;
        const convAttrs: Int8Attrs['Int8Conv2D'] = {
          ...attrs,
          ...window,
          strides: [1, 1],
          dilations: [1, 1],
        };
        const label = `${activation}, ${perChannel ? 'per channel' : 'per tensor'}, [${lo}, ${hi}]`;
        const conv = {
          x: int8s(random, [2, 4, 4, 6]),
          ...filterOperands(random, [3, 3, 6, 7], 7, activation, perChannel),
        };
        yield {
          op: Int8Op.Conv2D,
          label,
          operands: conv,
          attrs: convAttrs,
          expected: expectations.conv2D(conv, convAttrs),
        };
        const depthwise = {
          x: int8s(random, [2, 4, 4, 5]),
          ...filterOperands(random, [3, 3, 5, 2], 10, activation, perChannel),
        };
        if (activation !== 'dequantize')
          yield {
            op: Int8Op.DepthwiseConv2D,
            label,
            operands: depthwise,
            attrs: convAttrs,
            expected: expectations.depthwiseConv2D(depthwise, convAttrs),
          };
        const matrix = {
          x: int8s(random, [2, 3, 11]),
          ...filterOperands(random, [11, 9], 9, activation, perChannel),
        };
        yield {
          op: Int8Op.MatMul,
          label,
          operands: matrix,
          attrs,
          expected: expectations.matMul(matrix, attrs),
        };
      }
    }
  }
}

/** Sums far beyond the 2^24 up to which float32 holds every integer. */
export function* deepSums(): Generator<OpCase> {
  const attrs = {...INPUT, ...OUTPUT, activation: 'none' as const, xZeroPoint: -128};
  for (const depth of [9216, 33025]) {
    for (const outScale of [200, 700]) {
      const random = new Random(depth);
      const operands = {
        x: ints(random.int32(2 * depth, 100, 127), [2, depth]),
        ...filterOperands(random, [depth, 5], 5),
        filter: ints(random.int32(5 * depth, 90, 127), [depth, 5]),
        bias: ints(random.int32(5, -33022, 33022), [5]),
      };
      const scaled = {...attrs, outScale, outZeroPoint: -128};
      const expected = expectations.matMul(operands, scaled);
      const label = `${depth} deep, outScale ${outScale}`;
      yield {op: Int8Op.MatMul, label, operands, attrs: scaled, expected};
    }
  }
}
