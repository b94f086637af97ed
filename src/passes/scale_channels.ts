import type {ChannelGroups, LayerChannels} from '../graph/channel_groups.js';
import {broadcastShape, broadcastTo, type ChannelMap} from '../graph/channel_map.js';
import {floatConstant} from '../graph/constant.js';
import type {Graph, Node} from '../graph/graph.js';
import {layerOf, scaledFilter, setFilter} from '../graph/layer.js';
import type {PassContext} from './pass.js';

/** Does the layer read or write a channel that can be scaled? */
export function isScaled({reads, writes}: LayerChannels): boolean {
  return reads.some(variable => variable > 0) || writes.some(variable => variable > 0);
}

/**
 * Divides every tensor by the scales of its channels, without a change to what the graph computes: divides
 * what layers write and constants that meet it, multiplies what layers read, gives each channel its own
 * cap where there was a ReLU6, and keeps the statistics of batch norms true.
 *
 * @param scales of each variable of `groups`; that of variable 0 is 1
 */
export function scaleChannels(
  graph: Graph,
  groups: ChannelGroups,
  scales: Float64Array,
  context: PassContext,
): void {
  for (const {layer, reads, writes} of groups.layers.filter(isScaled)) {
    const current = layerOf(graph, graph.node(layer.node.name));
    if (current === undefined) continue;
    const factors = Float64Array.from(reads, variable => scales[variable]);
    const divisors = Float64Array.from(writes, variable => 1 / scales[variable]);
    setFilter(graph, current, scaledFilter(current, divisors, factors));
  }
  for (const {node, operand} of groups.constants) {
    divideConstant(graph, graph.node(node.name), operand, scalesOf(groups, node.name, scales));
  }
  for (const node of groups.relu6) {
    capRelu6(graph, node, scalesOf(groups, node.name, scales), context.options.relu6 === 'relu');
  }
  for (const [name, {mean, std}] of context.plan.batchNormMoments) {
    const {values} = scalesOf(groups, name, scales);
    const divided = (moments: Float64Array) =>
      moments.map((v, c) => v / values[values.length === 1 ? 0 : c]);
    context.plan.batchNormMoments.set(name, {mean: divided(mean), std: divided(std)});
  }
}

/** The scales of a tensor, to be broadcast. */
interface TensorScales {
  readonly map: ChannelMap;
  readonly values: Float64Array;
}

function scalesOf(groups: ChannelGroups, ref: string, scales: Float64Array): TensorScales {
  const map = groups.mapOf(ref);
  return {map, values: Float64Array.from(map.scales, variable => scales[variable])};
}

function divideConstant(
  graph: Graph,
  node: Node,
  operand: number,
  {map, values}: TensorScales,
): void {
  const constant = graph.floatInput(node, operand);
  if (constant === undefined || values.every(scale => scale === 1)) return;
  const shape = broadcastShape(constant.shape, map.shape);
  const places = shape && broadcastTo(indicesOf(map.shape, values.length), shape);
  const sources = shape && broadcastTo(indicesOf(constant.shape, constant.values.length), shape);
  if (places === undefined || sources === undefined) return;
  const divided = Float64Array.from(
    places.scales,
    (at, i) => constant.values[sources.scales[i]] / values[at],
  );
  graph.setConstantInput(
    node,
    operand,
    floatConstant(divided, trimmed(shape, constant.shape.length)),
  );
}

/** An array's own indices, to be broadcast as it would be. */
function indicesOf(shape: readonly number[], count: number): ChannelMap {
  return {shape, scales: Int32Array.from({length: count}, (_, i) => i)};
}

/** The shape without axes of length 1 in front, down to `rank`. */
function trimmed(shape: readonly number[] = [], rank: number): readonly number[] {
  const first = shape.findIndex(size => size !== 1);
  return shape.slice(Math.min(first < 0 ? shape.length : first, shape.length - rank));
}

function capRelu6(graph: Graph, node: Node, {map, values}: TensorScales, dropCap: boolean): void {
  if (values.every(scale => scale === 1)) return;
  if (dropCap) {
    graph.replace({...node, op: 'Relu'});
    return;
  }
  const relu = graph.freshName(`${node.name}/Relu`);
  const caps = floatConstant(
    values.map(scale => 6 / scale),
    trimmed(map.shape, 0),
  );
  const cap = graph.addConstant(`${node.name}/cap`, caps);
  graph.add({...node, name: relu, op: 'Relu'});
  graph.replace({name: node.name, op: 'Minimum', inputs: [relu, cap], attrs: {}});
}
