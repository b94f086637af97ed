import type {Shapes} from './channel_groups.js';
import type {Graph, Node} from './graph.js';
import {FUSED_LAYERS, layerOf} from './layer.js';

/**
 * Multiply-accumulates of a linear layer, plain or fused, for one run; 0 for any other node.
 *
 * Each output value is the sum of filter.length / outChannels products; a transposed convolution multiplies each
 * input value with filter.length / inChannels weights.
 *
 * @param shapes of the tensors; a layer whose output has none there counts 0
 */
export function macsOf(graph: Graph, node: Node, shapes: Shapes): number {
  const layer = layerOf(graph, {...node, op: FUSED_LAYERS[node.op] ?? node.op});
  if (layer === undefined) return 0;
  const isTransposed = layer.kind === 'transposed';
  const values =
    shapes.get(isTransposed ? layer.input : node.name)?.reduce((a, b) => a * b, 1) ?? 0;
  const channels = isTransposed ? layer.inChannels : layer.outChannels;
  return (values / channels) * layer.filter.values.length;
}
