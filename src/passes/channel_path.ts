import {numberAttr, stringAttr} from '../graph/attributes.js';
import {type Graph, type Node, parseRef} from '../graph/graph.js';
import type {Layer} from '../graph/layer.js';

/** Ops that take one value of a channel to one value, whatever the channel's place. */
const KEEPS_CHANNELS = new Set([
  ...['Relu', 'Relu6', 'LeakyRelu', 'Prelu', 'Minimum', 'BiasAdd', 'Identity'],
  ...['MaxPool', 'AvgPool', 'Mean', 'ResizeBilinear', 'ResizeNearestNeighbor', 'Pad', 'MirrorPad'],
  ...['Reshape', 'Squeeze', 'ExpandDims'],
]);

/**
 * The ops between two layers, in the order in which values pass them; undefined where the way forks or
 * channels are not the same on both sides of an op.
 */
export function pathBetween(graph: Graph, from: Layer, to: Layer): Node[] | undefined {
  const path: Node[] = [];
  let node: Node | undefined = graph.node(parseRef(to.input).node);
  while (node !== undefined && node.name !== from.output) {
    if (!KEEPS_CHANNELS.has(node.op)) return undefined;
    path.unshift(node);
    node = graph.producer(node, 0);
  }
  return node && path;
}

/**
 * What the ops of a path make of a channel that holds one value everywhere; undefined where borders
 * differ, or an operand does not have one value for each of the `channels`.
 */
export function valueAfter(
  graph: Graph,
  path: readonly Node[],
  value: number,
  channel: number,
  channels: number,
): number | undefined {
  return path.reduce<number | undefined>(
    (x, node) => (x === undefined ? undefined : carry(graph, node, x, channel, channels)),
    value,
  );
}

function carry(graph: Graph, node: Node, x: number, channel: number, channels: number) {
  const operand = operandOf(graph, node, channel, channels);
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
      return x; // pools, means, resizes and other shapes of a constant
  }
}

/** The channel's value of a constant operand that has one, or one for all. */
function operandOf(graph: Graph, node: Node, channel: number, channels: number) {
  const constant = graph.floatInput(node, 1);
  if (constant === undefined) return undefined;
  const {shape, values} = constant;
  if (values.length === 1) return values[0];
  const isPerChannel = values.length === channels && shape[shape.length - 1] === channels;
  return isPerChannel ? values[channel] : undefined;
}

/**
 * Does the layer see zeros beyond the border, where the channel would hold its constant? Places that a
 * transposed convolution makes see unlike numbers of taps.
 */
export function readsPadding({kind, node, filter}: Layer): boolean {
  if (kind === 'matmul') return false;
  if (kind === 'transposed') return true;
  const padding = stringAttr(node.attrs, 'padding', 'VALID');
  if (padding === 'EXPLICIT') return true;
  return padding !== 'VALID' && (filter.shape[0] > 1 || filter.shape[1] > 1);
}
