import type {Rule, Rules} from '../rule.js';
import {
  clampOf,
  dequantized,
  gridOf,
  int8Operand,
  quantized,
  quantizedResult,
} from '../quantize_linear.js';
import {applyTable} from '../tables.js';

const quantize: Rule = (node, exporter) => {
  exporter.set(node, quantizedResult(exporter, node, exporter.operand(node, 0)));
};

const dequantize: Rule = (node, exporter) => {
  const x = int8Operand(exporter, node, 0, gridOf(exporter, node, 'x'));
  exporter.set(node, dequantized(exporter, x));
};

const lookup: Rule = (node, exporter) => {
  const x = int8Operand(exporter, node, 0);
  exporter.set(node, applyTable(node, exporter, x, 1, gridOf(exporter, node, 'out')));
};

const binary =
  (op: string): Rule =>
  (node, exporter) => {
    const operands = exporter.aligned(
      int8Operand(exporter, node, 0, gridOf(exporter, node, 'a')),
      int8Operand(exporter, node, 1, gridOf(exporter, node, 'b')),
    );
    const [a, b] = operands.map(operand => dequantized(exporter, operand));
    const result = exporter.broadcast(exporter.add(op, [a.name, b.name]), a, b);
    exporter.set(node, quantizedResult(exporter, node, result));
  };

const prelu: Rule = (node, exporter) => {
  const bytes = int8Operand(exporter, node, 0, gridOf(exporter, node, 'x'));
  const [x, slope] = exporter.aligned(dequantized(exporter, bytes), exporter.operand(node, 1));
  const name = exporter.add('PRelu', [x.name, slope.name]);
  exporter.set(node, quantizedResult(exporter, node, {...x, name}));
};

/** Over the last axis. Its results are from 0 up, so that `lo` has no effect. */
const softmax: Rule = (node, exporter) => {
  const x = dequantized(exporter, int8Operand(exporter, node, 0));
  const name = exporter.add('Softmax', [x.name], {axis: exporter.axisOf(x, -1)});
  const [, hi] = clampOf(exporter, node);
  exporter.set(node, quantized(exporter, {...x, name}, gridOf(exporter, node, 'out'), [-128, hi]));
};

export const INT8_ELEMENTWISE: Rules = {
  Int8Quantize: quantize,
  Int8Dequantize: dequantize,
  Int8Lookup: lookup,
  Int8Add: binary('Add'),
  Int8Sub: binary('Sub'),
  Int8Mul: binary('Mul'),
  Int8PRelu: prelu,
  Int8Softmax: softmax,
};
