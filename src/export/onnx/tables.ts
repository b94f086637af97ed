import type {Node} from '../../graph/graph.js';
import {erf, exp, log, sigmoid, tanh} from '../../quant/elementary.js';
import {INT8} from '../../quant/grid.js';
import {dequantizeValue, quantizeValue} from '../../quant/quant_params.js';
import type {Grid, OnnxExporter, Value} from './exporter.js';
import {byteOffset, bytes, dequantized, quantized} from './quantize_linear.js';
import {floats} from './tensors.js';

interface KnownFunction {
  readonly apply: (x: number) => number;
  /** Adds it to the graph. */
  readonly emit: (exporter: OnnxExporter, x: string) => string;
}

const op =
  (name: string, attributes = {}) =>
  (exporter: OnnxExporter, x: string) =>
    exporter.add(name, [x], attributes);

const times =
  (factor: KnownFunction['emit']): KnownFunction['emit'] =>
  (exporter, x) =>
    exporter.add('Mul', [x, factor(exporter, x)]);

const softplus = (x: number) => (x > 30 ? x : log(1 + exp(x)));
const hardSigmoid = (x: number) => Math.min(Math.max(x + 3, 0), 6) / 6;

/** Functions that ONNX has an operator of, or a short formula. */
const KNOWN: readonly KnownFunction[] = [
  {apply: x => x, emit: (_, x) => x},
  {apply: x => Math.max(x, 0), emit: op('Relu')},
  {apply: sigmoid, emit: op('Sigmoid')},
  {apply: tanh, emit: op('Tanh')},
  {apply: x => x * sigmoid(x), emit: times(op('Sigmoid'))},
  {apply: x => x * hardSigmoid(x), emit: op('HardSwish')},
  {apply: hardSigmoid, emit: op('HardSigmoid', {alpha: {float: 1 / 6}, beta: {float: 0.5}})},
  {apply: x => (x < 0 ? exp(x) - 1 : x), emit: op('Elu')},
  {apply: softplus, emit: op('Softplus')},
  {apply: x => x * tanh(softplus(x)), emit: times((e, x) => op('Tanh')(e, op('Softplus')(e, x)))},
  {apply: x => (x / 2) * (1 + erf(x * Math.SQRT1_2)), emit: gelu},
  {apply: x => 1 / x, emit: op('Reciprocal')},
  {apply: Math.sqrt, emit: op('Sqrt')},
  {apply: exp, emit: op('Exp')},
  {apply: Math.abs, emit: op('Abs')},
];

function gelu(exporter: OnnxExporter, x: string): string {
  const number = (role: string, value: number) => exporter.constantName(role, floats([value], []));
  const scaled = exporter.add('Mul', [x, number('sqrt1_2', Math.SQRT1_2)]);
  const shifted = exporter.add('Add', [exporter.add('Erf', [scaled]), number('one', 1)]);
  const half = exporter.add('Mul', [x, number('half', 0.5)]);
  return exporter.add('Mul', [half, shifted]);
}

/**
 * The table of operand `index`, applied to an int8 tensor: as its function where the table is that of a known
 * one, entry by entry; else as a Gather.
 */
export function applyTable(
  node: Node,
  exporter: OnnxExporter,
  value: Value,
  index: number,
  to: Grid,
): Value {
  const {grid: from} = value;
  const table = exporter.numbers(node, index, 'table');
  const known =
    from && KNOWN.find(({apply}) => table.every((q, i) => q === entry(apply, i, from, to)));
  if (known === undefined) return {...gathered(exporter, value, table), grid: to};
  const float = dequantized(exporter, value);
  return quantized(exporter, {...float, name: known.emit(exporter, float.name)}, to);
}

/** What the table of a function has at i. */
function entry(apply: (x: number) => number, i: number, from: Grid, to: Grid): number {
  const y = apply(dequantizeValue(i + INT8.min, from));
  return quantizeValue(Number.isNaN(y) ? 0 : y, to, INT8);
}

/** Negative indices count from the end: for int8, the table begins with the entry of 0. */
function gathered(exporter: OnnxExporter, value: Value, table: readonly number[]): Value {
  const {byteType} = exporter;
  const start = INT8.max + 1 - byteOffset(byteType);
  const entries = [...table.slice(start), ...table.slice(0, start)];
  const values = exporter.constantName('table', bytes(byteType, entries));
  const indices = exporter.add('Cast', [value.name], {to: 6});
  return {...value, name: exporter.add('Gather', [values, indices])};
}
