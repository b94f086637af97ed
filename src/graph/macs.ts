import type {Shapes} from './channel_groups.js';
import type {Graph, Node} from './graph.js';
import {FUSED_LAYERS, layerOf} from './layer.js';

/**
 * Multiply-accumulates of a linear layer, plain or fused, for one run; 0 for any other node.
 *
 * Each output value is the sum of filter.length / outChannels products.
 *
 * @param shapes of the tensors; a layer whose output has none there counts 0
 */
export function macsOf(graph: Graph, node: Node, shapes: Shapes): number {
  const layer = layerOf(graph, {...node, op: FUSED_LAYERS[node.op] ?? node.op});
  const shape = shapes.get(node.name);
  if (layer === undefined || shape === undefined) return 0;
  const outputs = shape.reduce((a, b) => a * b, 1);
  return (outputs / layer.outChannels) * layer.filter.values.length;
}
