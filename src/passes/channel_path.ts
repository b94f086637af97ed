import {numberAttr} from '../graph/attributes.js';
import type {Graph, Node} from '../graph/graph.js';
import type {Layer} from '../graph/layer.js';

/**
 * The carriers between two layers, in the order in which values pass them; undefined where the way
 * forks at a sum.
 */
export function pathBetween(graph: Graph, from: Layer, to: Layer): Node[] | undefined {
  const path: Node[] = [];
  let node = graph.producer(to.node, 0);
  while (node !== undefined && node.name !== from.output) {
    if (node.op === 'AddV2' || node.op === 'Add') return undefined;
    path.unshift(node);
    node = graph.producer(node, 0);
  }
  return node && path;
}

/** What the carriers make of a channel that holds one value everywhere; undefined where borders differ. */
export function valueAfter(graph: Graph, path: readonly Node[], value: number, channel: number) {
  let result: number | undefined = value;
  for (const node of path) {
    if (result !== undefined) result = carry(graph, node, result, channel);
  }
  return result;
}

function carry(graph: Graph, node: Node, x: number, channel: number): number | undefined {
  const constant = graph.floatInput(node, 1)?.values;
  const operand = constant && constant[constant.length === 1 ? 0 : channel];
  switch (node.op) {
    case 'Relu':
      return Math.max(x, 0);
    case 'Relu6':
      return Math.min(Math.max(x, 0), 6);
    case 'LeakyRelu':
      return x < 0 ? x * numberAttr(node.attrs, 'alpha', 0.2) : x;
    case 'Prelu':
      return operand === undefined ? undefined : x < 0 ? x * operand : x;
    case 'Minimum':
      return operand === undefined ? undefined : Math.min(x, operand);
    case 'BiasAdd':
      return operand === undefined ? undefined : x + operand;
    case 'Pad':
      return x === 0 ? 0 : undefined;
    default:
      return x; // pools, means and resizes of a constant
  }
}
