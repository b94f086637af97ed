import {Int8Op} from '../../../src/ops.js';
import {
  activations,
  convolutions,
  deepSums,
  transposedConvolutions,
  windows,
} from './accumulator_cases.js';
import {f, floats, INPUT, int8s, ints, OUTPUT, type OpCase} from './op_case.js';
import * as expectations from './op_oracle.js';
import {Random} from './random.js';

function* binaries(): Generator<OpCase> {
  const shapes: [number[], number[]][] = [
    [
      [2, 3, 4, 5],
      [2, 3, 4, 5],
    ],
    [[2, 3, 4, 5], [5]],
    [[1], [2, 3, 4, 5]],
    [[2, 3, 4, 5], []],
    [
      [2, 1, 1, 5],
      [2, 3, 4, 5],
    ],
    [
      [2, 3, 4, 1],
      [2, 3, 4, 5],
    ],
    [
      [7, 1],
      [1, 9],
    ],
    [
      [2, 1, 3, 1, 4],
      [1, 5, 1, 2, 1],
    ],
  ];
  const attrs = {...OUTPUT, aScale: f(0.11), aZeroPoint: -128, bScale: f(0.37), bZeroPoint: 127};
  let seed = 2000;
  for (const [a, b] of shapes) {
    for (const scales of [attrs, {...attrs, outScale: f(0.001), outZeroPoint: 127, lo: -50}]) {
      const random = new Random(seed++);
      const operands = {a: int8s(random, a), b: int8s(random, b)};
      const label = `[${a.join(', ')}] and [${b.join(', ')}], outScale ${scales.outScale}`;
      yield {
        op: Int8Op.Add,
        label,
        operands,
        attrs: scales,
        expected: expectations.sum(operands, scales, 1),
      };
      yield {
        op: Int8Op.Sub,
        label,
        operands,
        attrs: scales,
        expected: expectations.sum(operands, scales, -1),
      };
      yield {
        op: Int8Op.Mul,
        label,
        operands,
        attrs: scales,
        expected: expectations.mul(operands, scales),
      };
    }
  }
}

function* pools(): Generator<OpCase> {
  let seed = 3000;
  const filterSize: [number, number] = [3, 2];
  for (const [label, size, {strides, padding, explicitPaddings}] of windows()) {
    const window = {filterSize, strides, padding};
    if (padding === 'VALID' && size[1] < 3) continue;
    const attrs = explicitPaddings
      ? {...window, explicitPaddings: [2, 0, 0, 1] as [number, number, number, number]}
      : window;
    const operands = {x: int8s(new Random(seed++), [...size, 7])};
    yield {
      op: Int8Op.MaxPool,
      label,
      operands,
      attrs,
      expected: expectations.maxPool(operands, attrs),
    };
    const average = {...attrs, ...INPUT, ...OUTPUT, outScale: f(0.025)};
    yield {
      op: Int8Op.AvgPool,
      label,
      operands,
      attrs: average,
      expected: expectations.avgPool(operands, average),
    };
  }
}

function* means(): Generator<OpCase> {
  let seed = 4000;
  for (const axes of [[1, 2], [-2, 1], [0], [3], [0, 2], [1, 3], [], [0, 1, 2, 3], [2, 2]]) {
    for (const keepDims of [false, true]) {
      const operands = {x: int8s(new Random(seed++), [3, 4, 5, 6])};
      const attrs = {...INPUT, ...OUTPUT, outScale: f(0.011), axes, keepDims};
      const label = `axes [${axes.join(', ')}]${keepDims ? ' kept' : ''}`;
      yield {op: Int8Op.Mean, label, operands, attrs, expected: expectations.mean(operands, attrs)};
    }
  }
}

function* resizes(): Generator<OpCase> {
  let seed = 5000;
  for (const alignCorners of [false, true]) {
    for (const halfPixelCenters of [false, true]) {
      for (const size of [
        [8, 10],
        [3, 7],
        [1, 1],
        [4, 5],
        [9, 2],
      ]) {
        const operands = {x: int8s(new Random(seed++), [2, 4, 5, 3]), size: ints(size, [2])};
        const attrs = {alignCorners, halfPixelCenters};
        const label = `to ${size.join('×')}${alignCorners ? ', corners' : ''}${halfPixelCenters ? ', centres' : ''}`;
        yield {
          op: Int8Op.ResizeBilinear,
          label,
          operands,
          attrs,
          expected: expectations.resize(operands, attrs, true),
        };
        yield {
          op: Int8Op.ResizeNearest,
          label,
          operands,
          attrs,
          expected: expectations.resize(operands, attrs, false),
        };
      }
    }
  }
}

function* pointwise(): Generator<OpCase> {
  let seed = 6000;
  for (const shape of [[4, 5, 6], [17], [], [2, 0, 3]]) {
    const random = new Random(seed++);
    const x = int8s(random, shape);
    const label = `[${shape.join(', ')}]`;
    const table = int8s(random, [256]);
    yield {
      op: Int8Op.Lookup,
      label,
      operands: {x, table},
      attrs: {...OUTPUT, function: 'anything'},
      expected: {values: Array.from(x.values, q => table.values[q + 128]), shape},
    };
    yield {
      op: Int8Op.Dequantize,
      label,
      operands: {x},
      attrs: INPUT,
      expected: {
        values: Array.from(x.values, q => f(INPUT.xScale * (q - INPUT.xZeroPoint))),
        shape,
      },
    };
    const reals = {
      x: floats(
        Array.from(x.values, q => q * 0.37 + random.next()),
        shape,
      ),
    };
    yield {
      op: Int8Op.Quantize,
      label,
      operands: reals,
      attrs: OUTPUT,
      expected: expectations.quantize(reals, OUTPUT),
    };
  }
  const odd = {x: floats([NaN, Infinity, -Infinity, 1e30, -1e30, 0.15, -0.15, 0.45])};
  yield {
    op: Int8Op.Quantize,
    label: 'not numbers',
    operands: odd,
    attrs: OUTPUT,
    expected: expectations.quantize(odd, OUTPUT),
  };
  for (const slopes of [[0.25], [0.1, -0.5, 2, 0, 1, -1.5]]) {
    const random = new Random(seed++);
    const operands = {x: int8s(random, [2, 3, 4, 6]), slope: floats(slopes)};
    const attrs = {...INPUT, ...OUTPUT, outScale: f(0.025)};
    yield {
      op: Int8Op.PRelu,
      label: `${slopes.length} slopes`,
      operands,
      attrs,
      expected: expectations.prelu(operands, attrs),
    };
  }
}

/** Levels and zero points of 8, 5 and 2 bits, and of 8 with the zero point 0. */
const SOFTMAX_GRIDS = [
  [256, -128],
  [32, -16],
  [4, -2],
  [128, 0],
];

function* softmaxes(): Generator<OpCase> {
  for (const scale of [0.004, 0.1, 1.3]) {
    for (const shape of [
      [2, 10],
      [1, 1000],
      [3, 4, 5, 2],
      [4, 1],
    ]) {
      const exponentials = ints(
        Array.from({length: 256}, (_, d) => Math.floor(Math.exp(-d * scale) * 2 ** 20 + 0.5)),
        [256],
      );
      const operands = {x: int8s(new Random(shape.length), shape), exponentials};
      for (const [levels, outZeroPoint] of SOFTMAX_GRIDS) {
        const hi = outZeroPoint + levels - 1;
        const attrs = {outScale: 1 / levels, outZeroPoint, lo: outZeroPoint, hi};
        yield {
          op: Int8Op.Softmax,
          label: `[${shape.join(', ')}], scale ${scale}, ${levels} levels`,
          operands,
          attrs,
          expected: expectations.softmax(operands, attrs),
        };
      }
    }
  }
}

/** Every int8 op over shapes, paddings and activations. */
export function* opCases(): Generator<OpCase> {
  yield* convolutions();
  yield* transposedConvolutions();
  yield* activations();
  yield* deepSums();
  yield* binaries();
  yield* pools();
  yield* means();
  yield* resizes();
  yield* pointwise();
  yield* softmaxes();
}
