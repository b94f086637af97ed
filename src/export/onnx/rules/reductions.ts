import {booleanAttr, numberAttr, numbersAttr} from '../../../graph/attributes.js';
import type {Node} from '../../../graph/graph.js';
import type {OnnxExporter, Value} from '../exporter.js';
import {dequantized, gridOf, int8Operand, quantizedResult} from '../quantize_linear.js';
import type {Rule, Rules} from '../rule.js';
import {int64s} from '../tensors.js';

const int8Mean: Rule = (node, exporter) => {
  const x = int8Operand(exporter, node, 0, gridOf(exporter, node, 'x'));
  const axes = numbersAttr(node.attrs, 'axes', []);
  const keepDims = booleanAttr(node.attrs, 'keepDims', false);
  if (!isSpatialMean(x, axes)) {
    const mean = reduced(exporter, 'ReduceMean', dequantized(exporter, x), axes, keepDims);
    exporter.set(node, quantizedResult(exporter, node, mean));
    return;
  }
  // As pooling, which runtimes have an int8 kernel of.
  const float = dequantized(exporter, x);
  const pooled = exporter.add('GlobalAveragePool', [float.name]);
  const bytes = quantizedResult(exporter, node, {...float, name: pooled});
  exporter.set(node, keepDims ? bytes : flattened(exporter, bytes));
};

const reduce =
  (op: string): Rule =>
  (node, exporter) => {
    const axes = exporter.numbers(node, 1, 'axes');
    const keepDims = booleanAttr(node.attrs, 'keep_dims', false);
    const x = exporter.operand(node, 0);
    if (op === 'ReduceMean' && isSpatialMean(x, axes)) {
      const pooled: Value = {...x, name: exporter.add('GlobalAveragePool', [x.name])};
      exporter.set(node, keepDims ? pooled : flattened(exporter, pooled));
      return;
    }
    exporter.set(node, reduced(exporter, op, x, axes, keepDims));
  };

const argument =
  (op: string): Rule =>
  (node, exporter) => {
    const [axis] = exporter.numbers(node, 1, 'axis');
    const x = exporter.asIs(exporter.operand(node, 0));
    const index = exporter.add(op, [x.name], {axis, keepdims: 0});
    const name = exporter.add('Cast', [index], {to: 6});
    const rank = x.rank === undefined ? undefined : x.rank - 1;
    exporter.set(node, {name, type: 'int32', layout: 'as-is', rank});
  };

export const REDUCTIONS: Rules = {
  Int8Mean: int8Mean,
  Mean: reduce('ReduceMean'),
  Sum: reduce('ReduceSum'),
  Max: reduce('ReduceMax'),
  Min: reduce('ReduceMin'),
  Prod: reduce('ReduceProd'),
  ArgMax: argument('ArgMax'),
  ArgMin: argument('ArgMin'),
  Softmax: (node, exporter) => lastAxis(node, exporter, 'Softmax'),
  LogSoftmax: (node, exporter) => lastAxis(node, exporter, 'LogSoftmax'),
  Cumsum: (node, exporter) => {
    const [axis] = exporter.numbers(node, 1, 'axis');
    const x = exporter.asIs(exporter.operand(node, 0));
    const inputs = [x.name, exporter.constantName('axis', int64s([axis], []))];
    const flags = {
      exclusive: Number(booleanAttr(node.attrs, 'exclusive', false)),
      reverse: Number(booleanAttr(node.attrs, 'reverse', false)),
    };
    exporter.set(node, {...x, name: exporter.add('CumSum', inputs, flags)});
  },
};

function lastAxis(node: Node, exporter: OnnxExporter, op: string): void {
  const x = exporter.operand(node, 0);
  const axis = exporter.axisOf(x, numberAttr(node.attrs, 'axis', -1));
  exporter.set(node, {...x, name: exporter.add(op, [x.name], {axis})});
}

function isSpatialMean({layout}: Value, axes: readonly number[]): boolean {
  const normal = axes.map(axis => (axis < 0 ? axis + 4 : axis)).sort();
  return layout === 'channels-first' && normal.length === 2 && normal[0] === 1 && normal[1] === 2;
}

/** [N, C, 1, 1] → [N, C] */
function flattened(exporter: OnnxExporter, value: Value): Value {
  const name = exporter.add('Flatten', [value.name], {axis: 1});
  return {...value, name, layout: 'as-is', rank: 2};
}

/** No axes mean all. */
function reduced(
  exporter: OnnxExporter,
  op: string,
  operand: Value,
  axes: readonly number[],
  keepDims: boolean,
): Value {
  const x = keepDims ? operand : exporter.asIs(operand);
  const mapped = axes.map(axis => exporter.axisOf(x, axis));
  const inputs =
    axes.length > 0 ? [x.name, exporter.constantName('axes', int64s(mapped))] : [x.name];
  const name = exporter.add(op, inputs, {keepdims: Number(keepDims)});
  if (keepDims) return {...x, name};
  const left = x.rank === undefined ? undefined : axes.length > 0 ? x.rank - axes.length : 0;
  return {...x, name, rank: left};
}
