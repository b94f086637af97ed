import {numbersAttr} from '../../../graph/attributes.js';
import type {Node} from '../../../graph/graph.js';
import type {OnnxExporter, Value} from '../exporter.js';
import {INT8_OPERANDS, type Int8Op} from '../../../ops.js';
import {convolutionWeights, depthwiseWeights, transposedConvolutionWeights} from '../filters.js';
import type {OnnxAttribute} from '../model.js';
import {
  clampOf,
  dequantized,
  gridOf,
  int8Operand,
  quantized,
  quantizedResult,
} from '../quantize_linear.js';
import type {Rule, Rules} from '../rule.js';
import {applyTable} from '../tables.js';
import {floats, int32s, int8s, type TensorValue} from '../tensors.js';
import {int8Window, transposedSize} from '../window.js';

const conv2D: Rule = (node, exporter) => {
  convolution(node, exporter, convolutionWeights, 1);
};

const depthwiseConv2D: Rule = (node, exporter) => {
  const [, , channels] = exporter.constantOf(node, 1, 'filter').shape;
  convolution(node, exporter, depthwiseWeights, channels);
};

/** DequantizeLinear ×3 → Conv → QuantizeLinear, which runtimes take for one int8 convolution. */
function convolution(
  node: Node,
  exporter: OnnxExporter,
  toOnnx: (filter: TensorValue) => TensorValue,
  group: number,
): void {
  const bytes = int8Operand(exporter, node, 0, gridOf(exporter, node, 'x'));
  const x = dequantized(exporter, exporter.channelsFirst(bytes));
  const {filter, bias} = weights(node, exporter, toOnnx, 0);
  const attributes: Record<string, OnnxAttribute> = {
    ...int8Window(node),
    dilations: numbersAttr(node.attrs, 'dilations', [1, 1]),
    group,
  };
  const sum = exporter.add('Conv', [x.name, filter, bias], attributes);
  finish(node, exporter, {...x, name: sum, rank: 4}, count => [count, 1, 1]);
}

/** As a convolution, with the size of the result in place of dilations. */
const transposedConv2D: Rule = (node, exporter) => {
  const bytes = int8Operand(exporter, node, 0, gridOf(exporter, node, 'x'));
  const x = dequantized(exporter, exporter.channelsFirst(bytes));
  const {filter, bias} = weights(node, exporter, transposedConvolutionWeights, 1);
  const attributes = {...int8Window(node), ...transposedSize(exporter, node, 5)};
  const sum = exporter.add('ConvTranspose', [x.name, filter, bias], attributes);
  finish(node, exporter, {...x, name: sum, rank: 4}, count => [count, 1, 1]);
};

/** As a Gemm where the operand is a matrix. */
const matMul: Rule = (node, exporter) => {
  const bytes = int8Operand(exporter, node, 0, gridOf(exporter, node, 'x'));
  const x = dequantized(exporter, exporter.asIs(bytes));
  const {filter, bias} = weights(node, exporter, tensor => tensor, 1);
  const sum =
    x.rank === 2
      ? exporter.add('Gemm', [x.name, filter, bias])
      : exporter.add('Add', [exporter.add('MatMul', [x.name, filter]), bias]);
  finish(node, exporter, {...x, name: sum}, count => [count]);
};

export const INT8_LAYERS: Rules = {
  Int8Conv2D: conv2D,
  Int8DepthwiseConv2D: depthwiseConv2D,
  Int8TransposedConv2D: transposedConv2D,
  Int8MatMul: matMul,
};

/** Names of filter and bias in float, dequantized from int8 and int32. */
function weights(
  node: Node,
  exporter: OnnxExporter,
  toOnnx: (filter: TensorValue) => TensorValue,
  axis: number,
): {filter: string; bias: string} {
  const scales = exporter.numbers(node, 3, 'filterScale').map(Math.fround);
  const zeroPoints = exporter.numbers(node, 4, 'filterZeroPoint');
  const sums = exporter.numbers(node, 2, 'bias');
  const {shape} = exporter.constantOf(node, 1, 'filter');
  const values = exporter.numbers(node, 1, 'filter');
  const xScale = Math.fround(exporter.number(node, 'xScale'));
  const at = (list: readonly number[], c: number) => list[list.length > 1 ? c : 0];
  const channels = sums.length;
  const biasScale = (c: number) => Math.fround(xScale * at(scales, c));
  if (zeroPoints.some(z => z !== zeroPoints[0])) {
    throw exporter.error(
      node,
      'zero points of its filter differ from channel to channel, which runtimes get wrong; quantize with symmetric weights',
    );
  }
  const perChannel = scales.length > 1;
  const sizes = perChannel ? [channels] : [];
  const count = perChannel ? channels : 1;
  const list = (value: (c: number) => number) => Array.from({length: count}, (_, c) => value(c));
  const filter = exporter.add(
    'DequantizeLinear',
    [
      exporter.constantName('filter', toOnnx(int8s(values, [...shape]))),
      exporter.constantName('filter_scale', floats(scales, sizes)),
      exporter.constantName(
        'filter_zero_point',
        int8s(
          list(() => zeroPoints[0]),
          sizes,
        ),
      ),
    ],
    perChannel ? {axis} : {},
  );
  const bias = exporter.add(
    'DequantizeLinear',
    [
      exporter.constantName('bias', int32s(sums)),
      exporter.constantName('bias_scale', floats(list(biasScale), sizes)),
      exporter.constantName(
        'bias_zero_point',
        int32s(
          list(() => 0),
          sizes,
        ),
      ),
    ],
    perChannel ? {axis: 0} : {},
  );
  return {filter, bias};
}

/** What follows the sum; `shapeOf` shapes one value a channel so that it broadcasts. */
function finish(
  node: Node,
  exporter: OnnxExporter,
  sum: Value,
  shapeOf: (count: number) => number[],
): void {
  const position = INT8_OPERANDS[node.op as Int8Op].indexOf('activation?');
  const operand = (role: string) => {
    const values = exporter.numbers(node, position, 'activation');
    return {
      values,
      name: (v: number[]) => exporter.constantName(role, floats(v, shapeOf(v.length))),
    };
  };
  const activation = exporter.text(node, 'activation');
  switch (activation) {
    case 'none':
      exporter.set(node, quantizedResult(exporter, node, sum));
      return;
    case 'dequantize':
      exporter.set(node, sum);
      return;
    case 'cap':
      exporter.set(node, capped(node, exporter, sum, operand('cap')));
      return;
    case 'prelu': {
      const {values, name} = operand('slope');
      const y =
        values.length === 1
          ? exporter.add('LeakyRelu', [sum.name], {alpha: {float: values[0]}})
          : exporter.add('PRelu', [sum.name, name(values)]);
      exporter.set(node, quantizedResult(exporter, node, {...sum, name: y}));
      return;
    }
    case 'table': {
      const inner = quantizedResult(exporter, node, sum);
      exporter.set(
        node,
        applyTable(node, exporter, inner, position, gridOf(exporter, node, 'table')),
      );
      return;
    }
    default:
      throw exporter.error(node, `its activation '${activation}' is unknown`);
  }
}

/**
 * The caps of a ReLU6 that equalization has scaled. They come behind a QuantizeLinear of their own, so that the
 * convolution before it is recognised; on the same grid, they leave whole integers.
 */
function capped(
  node: Node,
  exporter: OnnxExporter,
  sum: Value,
  cap: {values: number[]; name: (values: number[]) => string},
): Value {
  const grid = gridOf(exporter, node, 'out');
  const [lo, hi] = clampOf(exporter, node);
  const inner = quantized(exporter, sum, grid, [lo, hi]);
  if (cap.values.every(c => c >= hi)) return inner;
  const reals = cap.values.map(c => grid.scale * (Math.min(c, hi) - grid.zeroPoint));
  const float = dequantized(exporter, inner);
  const min = exporter.add('Min', [float.name, cap.name(reals)]);
  return quantized(exporter, {...float, name: min}, grid);
}
