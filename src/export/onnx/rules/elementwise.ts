import {numberAttr} from '../../../graph/attributes.js';
import type {Node} from '../../../graph/graph.js';
import type {OnnxExporter, Value} from '../exporter.js';
import {ELEMENT_TYPES, type ElementType, type OnnxAttribute} from '../model.js';
import {dequantized, int8Operand, quantized} from '../quantize_linear.js';
import type {Rule, Rules} from '../rule.js';
import {floats} from '../tensors.js';

/** What computes an elementwise function of the tensor of that name. */
type Unary = (exporter: OnnxExporter, x: string, node: Node) => string;

const op =
  (name: string, attributes: (node: Node) => Record<string, OnnxAttribute> = () => ({})): Unary =>
  (exporter, x, node) =>
    exporter.add(name, [x], attributes(node));

const clip =
  (low: number, high: number): Unary =>
  (exporter, x) => {
    const bounds = [low, high].map(value => exporter.constantName('bound', floats([value], [])));
    return exporter.add('Clip', [x, ...bounds]);
  };

const UNARY: Readonly<Record<string, Unary>> = {
  Relu: op('Relu'),
  Relu6: clip(0, 6),
  LeakyRelu: op('LeakyRelu', ({attrs}) => ({alpha: {float: numberAttr(attrs, 'alpha', 0.2)}})),
  Elu: op('Elu'),
  Selu: op('Selu'),
  Sigmoid: op('Sigmoid'),
  Tanh: op('Tanh'),
  Softplus: op('Softplus'),
  Softsign: op('Softsign'),
  Erf: op('Erf'),
  Exp: op('Exp'),
  Log: op('Log'),
  Sqrt: op('Sqrt'),
  Rsqrt: (exporter, x) => exporter.add('Reciprocal', [exporter.add('Sqrt', [x])]),
  Reciprocal: op('Reciprocal'),
  Square: (exporter, x) => exporter.add('Mul', [x, x]),
  Abs: op('Abs'),
  Neg: op('Neg'),
  Floor: op('Floor'),
  Ceil: op('Ceil'),
  Round: op('Round'),
  Sign: op('Sign'),
  Sin: op('Sin'),
  Cos: op('Cos'),
  LogicalNot: op('Not'),
};

const unary =
  (emit: Unary): Rule =>
  (node, exporter) => {
    const x = exporter.operand(node, 0);
    exporter.set(node, {...x, name: emit(exporter, x.name, node)});
  };

const BINARY: Readonly<Record<string, string>> = {
  Add: 'Add',
  AddV2: 'Add',
  BiasAdd: 'Add',
  Sub: 'Sub',
  Mul: 'Mul',
  Div: 'Div',
  RealDiv: 'Div',
  Pow: 'Pow',
  Prelu: 'PRelu',
};

const COMPARISONS: Readonly<Record<string, string>> = {
  Equal: 'Equal',
  Greater: 'Greater',
  GreaterEqual: 'GreaterOrEqual',
  Less: 'Less',
  LessEqual: 'LessOrEqual',
  LogicalAnd: 'And',
  LogicalOr: 'Or',
};

const binary =
  (name: string, type?: ElementType): Rule =>
  (node, exporter) => {
    const operands = exporter.aligned(exporter.operand(node, 0), exporter.operand(node, 1));
    const result = exporter.broadcast(
      exporter.add(
        name,
        operands.map(operand => operand.name),
      ),
      ...operands,
    );
    exporter.set(node, type === undefined ? result : {...result, type});
  };

const squaredDifference: Rule = (node, exporter) => {
  const operands = exporter.aligned(exporter.operand(node, 0), exporter.operand(node, 1));
  const difference = exporter.add(
    'Sub',
    operands.map(({name}) => name),
  );
  exporter.set(
    node,
    exporter.broadcast(exporter.add('Mul', [difference, difference]), ...operands),
  );
};

/** Of two int8 tensors on one grid, or of one and a constant on it, in float between the same grids. */
const extremum =
  (name: string): Rule =>
  (node, exporter) => {
    const grid = int8GridOf(node, exporter);
    const operandOf = (i: number): Value =>
      grid ? int8Operand(exporter, node, i, grid) : exporter.operand(node, i);
    const aligned = exporter.aligned(operandOf(0), operandOf(1));
    const operands = grid ? aligned.map(value => dequantized(exporter, value)) : aligned;
    const result = exporter.broadcast(
      exporter.add(
        name,
        operands.map(operand => operand.name),
      ),
      ...operands,
    );
    exporter.set(node, grid ? quantized(exporter, result, grid) : result);
  };

function int8GridOf(node: Node, exporter: OnnxExporter) {
  const operands = [0, 1].filter(i => exporter.constant(node, i) === undefined);
  return operands.map(i => exporter.operand(node, i).grid).find(grid => grid !== undefined);
}

const addN: Rule = (node, exporter) => {
  const operands = exporter.aligned(...exporter.operands(node));
  const name = exporter.add(
    'Sum',
    operands.map(operand => operand.name),
  );
  exporter.set(node, exporter.broadcast(name, ...operands));
};

const clipByValue: Rule = (node, exporter) => {
  const [x, low, high] = exporter.operands(node);
  exporter.set(node, {...x, name: exporter.add('Clip', [x.name, low.name, high.name])});
};

/** GraphDef's names of the types that ONNX has too. */
const CASTS: Readonly<Record<string, ElementType>> = {
  DT_FLOAT: 'float32',
  DT_INT32: 'int32',
  DT_BOOL: 'bool',
};

const cast: Rule = (node, exporter) => {
  const x = exporter.operand(node, 0);
  const to = String(node.attrs.DstT?.type);
  const type = CASTS[to];
  if (type === undefined) throw exporter.error(node, `it casts to ${to}`);
  const name = exporter.add('Cast', [x.name], {to: ELEMENT_TYPES[type]});
  exporter.set(node, {...x, name, type});
};

const select: Rule = (node, exporter) => {
  const operands = exporter.aligned(...exporter.operands(node));
  const name = exporter.add(
    'Where',
    operands.map(operand => operand.name),
  );
  exporter.set(node, {...exporter.broadcast(name, ...operands), type: operands[1].type});
};

const alias: Rule = (node, exporter) => {
  exporter.set(node, exporter.operand(node, 0));
};

const entries = <T>(table: Readonly<Record<string, T>>, toRule: (value: T) => Rule) =>
  Object.fromEntries(Object.entries(table).map(([name, value]) => [name, toRule(value)]));

export const ELEMENTWISE: Rules = {
  ...entries(UNARY, unary),
  ...entries(BINARY, name => binary(name)),
  ...entries(COMPARISONS, name => binary(name, 'bool')),
  AddN: addN,
  SquaredDifference: squaredDifference,
  Maximum: extremum('Max'),
  Minimum: extremum('Min'),
  ClipByValue: clipByValue,
  Cast: cast,
  Select: select,
  SelectV2: select,
  Identity: alias,
  StopGradient: alias,
  Snapshot: alias,
};
