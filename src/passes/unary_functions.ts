import {numberAttr} from '../graph/attributes.js';
import {type Graph, type Node, parseRef} from '../graph/graph.js';
import {erf, exp, log, sigmoid, tanh} from '../quant/elementary.js';

/** A function of one real variable, as a table can hold it. */
export type RealFunction = (x: number) => number;

const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

/** Ops that act on each element of their first operand alone; undefined where another operand is not constant. */
const UNARY: Readonly<Record<string, (node: Node, graph: Graph) => RealFunction | undefined>> = {
  Relu: () => x => Math.max(x, 0),
  Relu6: () => x => Math.min(Math.max(x, 0), 6),
  LeakyRelu: node => {
    const alpha = numberAttr(node.attrs, 'alpha', 0.2);
    return x => (x < 0 ? alpha * x : x);
  },
  Elu: () => x => (x < 0 ? exp(x) - 1 : x),
  Selu: () => x => SELU_SCALE * (x < 0 ? SELU_ALPHA * (exp(x) - 1) : x),
  Sigmoid: () => sigmoid,
  Tanh: () => tanh,
  Softplus: () => softplus,
  Softsign: () => x => x / (1 + Math.abs(x)),
  Erf: () => erf,
  Exp: () => exp,
  Log: () => log,
  Sqrt: () => Math.sqrt,
  Rsqrt: () => x => 1 / Math.sqrt(x),
  Reciprocal: () => x => 1 / x,
  Square: () => x => x * x,
  Abs: () => Math.abs,
  Neg: () => x => -x,
  ClipByValue: (node, graph) => {
    const [low, high] = [1, 2].map(i => graph.floatInput(node, i)?.values[0]);
    if (low === undefined || high === undefined) return undefined;
    return x => Math.min(Math.max(x, low), high);
  },
};

/** Ops of two operands, for use where one is a constant number or both are functions of one variable. */
const BINARY: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  AddV2: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  RealDiv: (a, b) => a / b,
  Div: (a, b) => a / b,
  Maximum: Math.max,
  Minimum: Math.min,
};

function softplus(x: number): number {
  return x > 30 ? x : log(1 + exp(x));
}

/** A tensor and the function that turns it, element by element, into another. */
export interface Composite {
  /** Reference of the tensor that the function is applied to. */
  readonly root: string;
  readonly apply: RealFunction;
  /** The ops from the root on, for reports: 'Add·Relu6·Mul'. */
  readonly description: string;
  /** Names of the nodes that make up the function. */
  readonly members: ReadonlySet<string>;
}

/**
 * `ref` as an elementwise function of another tensor, through as many ops as possible: hard-swish as
 * x · min(max(x + 3, 0), 6) / 6, swish as x · sigmoid(x), and so on. The identity where `ref` is made
 * by anything else.
 *
 * @param stop tensors to take as they are, not as functions of others
 */
export function compositeOf(graph: Graph, ref: string, stop = (_: string) => false): Composite {
  const {node: name, index} = parseRef(ref);
  const node = graph.node(name);
  if (index !== 0 || stop(ref)) return identity(ref);
  const outer = UNARY[node.op]?.(node, graph);
  if (outer !== undefined) {
    const inner = compositeOf(graph, node.inputs[0], stop);
    return extend(node, [inner], inner.root, x => outer(inner.apply(x)));
  }
  const binary = BINARY[node.op];
  return (binary && compositeOfBinary(graph, node, binary, stop)) ?? identity(ref);
}

function compositeOfBinary(
  graph: Graph,
  node: Node,
  apply: (a: number, b: number) => number,
  stop: (ref: string) => boolean,
): Composite | undefined {
  const [a, b] = [0, 1].map(i => operand(graph, node, i, stop));
  if (typeof a === 'number' && typeof b === 'object') {
    return extend(node, [b], b.root, x => apply(a, b.apply(x)));
  }
  if (typeof a === 'object' && typeof b === 'number') {
    return extend(node, [a], a.root, x => apply(a.apply(x), b));
  }
  if (typeof a !== 'object' || typeof b !== 'object' || a.root !== b.root) return undefined;
  return extend(node, [a, b], a.root, x => apply(a.apply(x), b.apply(x)));
}

/** A constant number, or a function; undefined for other constants. */
function operand(
  graph: Graph,
  node: Node,
  index: number,
  stop: (ref: string) => boolean,
): number | Composite | undefined {
  if (graph.producer(node, index)?.op !== 'Const') {
    return compositeOf(graph, node.inputs[index], stop);
  }
  const constant = graph.floatInput(node, index);
  return constant?.values.length === 1 ? constant.values[0] : undefined;
}

function identity(root: string): Composite {
  return {root, apply: x => x, description: '', members: new Set()};
}

function extend(
  node: Node,
  parts: readonly Composite[],
  root: string,
  apply: RealFunction,
): Composite {
  const inner = parts.map(({description}) => description).filter(text => text !== '');
  return {
    root,
    apply,
    description: [...inner, node.op].join('·'),
    members: new Set([...parts.flatMap(({members}) => [...members]), node.name]),
  };
}

/**
 * The elementwise functions of a tensor that anything but another such function reads: what remains
 * to be computed when the steps between are dropped.
 */
export function compositeHeads(
  graph: Graph,
  root: string,
  stop?: (ref: string) => boolean,
): Set<string> {
  const inside = new Set<string>();
  const pending = [...graph.users(root)];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (inside.has(node.name) || compositeOf(graph, node.name, stop).root !== root) continue;
    inside.add(node.name);
    pending.push(...graph.users(node.name));
  }
  const isHead = (name: string) =>
    graph.isOutput(name) || graph.users(name).some(user => !inside.has(user.name));
  return new Set([...inside].filter(isHead));
}
