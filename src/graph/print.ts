import {type AttrLiteral, literalsOf} from './attributes.js';
import type {Constant} from './constant.js';
import {type Graph, type Node, parseRef} from './graph.js';
import {topologicalOrder} from './topological_order.js';

/** Constants of more values than this are printed by their shape alone. */
const PRINTED_VALUES = 32;

/**
 * The graph as text, one node a line, producers first; {@link parse} reads it back.
 *
 *     x = Placeholder()
 *     y = Conv2D(x, f32<1x1x1x2: 1 1>) strides=[1 1 1 1] padding=SAME
 *     return y
 *
 * A constant that one node reads stands in its place. Attributes without a plain form (types,
 * shapes) are left out, as are the values of large constants.
 */
export function print(graph: Graph): string {
  const lines = topologicalOrder(graph)
    .filter(node => !isInline(graph, node))
    .map(node => printNode(graph, node));
  return [...lines, `return ${graph.outputs.join(', ')}`].join('\n');
}

function isInline(graph: Graph, {name, op}: Node): boolean {
  return op === 'Const' && graph.soleUser(name) !== undefined;
}

function printNode(graph: Graph, node: Node): string {
  const constant = graph.constants.get(node.name);
  if (constant !== undefined) return `${node.name} = ${printConstant(constant)}`;
  const operands = node.inputs.map(ref => printOperand(graph, ref)).join(', ');
  const attrs = Object.entries(literalsOf(node.attrs)).map(([k, v]) => ` ${k}=${printLiteral(v)}`);
  return `${node.name} = ${node.op}(${operands})${attrs.join('')}`;
}

function printOperand(graph: Graph, ref: string): string {
  const {node, control} = parseRef(ref);
  const constant = graph.constants.get(node);
  return constant !== undefined && !control && isInline(graph, graph.node(node))
    ? printConstant(constant)
    : ref;
}

const DTYPE_NAMES = {float32: 'f32', int32: 'i32', bool: 'bool', complex64: 'c64', string: 'str'};

function printConstant({dtype, shape, values}: Constant): string {
  const head = `${DTYPE_NAMES[dtype]}<${shape.join('x')}`;
  if (dtype === 'string' || values.length > PRINTED_VALUES) return `${head}>`;
  return `${head}: ${[...values].map(printNumber).join(' ')}>`;
}

function printLiteral(value: AttrLiteral): string {
  if (typeof value === 'number') return printNumber(value);
  if (typeof value !== 'object') return String(value);
  if ('value' in value) return printFloat(value.value);
  return `[${value.map(v => (typeof v === 'number' ? printNumber(v) : v)).join(' ')}]`;
}

/** Whole floats keep a point, which tells them from integers. */
function printFloat(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : printNumber(value);
}

function printNumber(value: number): string {
  return String(Number(value.toPrecision(9)));
}
