import {ChannelFlow, dataInputs, type ScaledConstant, type Shapes} from './channel_flow.js';
import {alongLastAxis, type ChannelMap, isUniform} from './channel_map.js';
import {channelRule} from './channel_rules.js';
import type {Graph, Node} from './graph.js';
import {isLayerOp, type Layer, layerOrReason} from './layer.js';
import {topologicalOrder} from './topological_order.js';

export type {ScaledConstant, Shapes};

/** Scale variable of each channel that a layer reads and writes; 0 where the scale must be 1. */
export interface LayerChannels {
  readonly layer: Layer;
  readonly reads: Int32Array;
  readonly writes: Int32Array;
  /** Why channels that it writes can't be scaled, and how many of them for each reason. */
  readonly refusals: ReadonlyMap<string, number>;
}

/**
 * Which channels of a graph's tensors must be scaled together. Give every variable a positive scale,
 * variable 0 the scale 1. To divide each tensor by the scales of its channels, divide what layers write and
 * multiply what they read, divide the constants that are listed, and cap what a ReLU6 makes at 6 / scale:
 * the function of the graph stays what it was.
 */
export interface ChannelGroups {
  /** Variables are 0 … count − 1. */
  readonly count: number;
  readonly layers: readonly LayerChannels[];
  readonly constants: readonly ScaledConstant[];
  readonly relu6: readonly Node[];
  /** The variables of a tensor. */
  mapOf(ref: string): ChannelMap;
}

export interface ChannelGroupOptions {
  /** Channels that a ReLU6 caps are not to be scaled. */
  readonly keepRelu6?: boolean;
}

/**
 * Finds what ties the channels of a graph. Any op that commutes with a positive scale of each channel, in
 * whatever layout, carries scales; where tensors meet, their channels become one; every other op blocks.
 *
 * @param shapes of the tensors, where known; ops that move channels need them
 */
export function channelGroups(
  graph: Graph,
  shapes: Shapes,
  {keepRelu6 = false}: ChannelGroupOptions = {},
): ChannelGroups {
  const flow = new ChannelFlow(graph, shapes);
  const layers: Array<{layer: Layer; reads: ChannelMap; writes: ChannelMap}> = [];
  for (const node of topologicalOrder(graph)) {
    if (node.op === 'Const') continue;
    const layer = isLayerOp(node.op) ? visitLayer(flow, node) : undefined;
    if (layer === undefined) visitOther(flow, node, keepRelu6);
    else layers.push(layer);
  }
  for (const name of graph.outputs) flow.block(flow.mapOf(name), 'the model returns it');
  return compact(flow, layers);
}

/** A layer reads and writes vectors of channels; what is read elsewhere than along the last axis is tied. */
function visitLayer(flow: ChannelFlow, node: Node) {
  const layer = layerOrReason(flow.graph, node);
  if (typeof layer === 'string') return undefined;
  const full = flow.fullMapOf(layer.input);
  const reads = flow.tieAll(full, [...full.shape.keys()].slice(0, -1));
  if (!isUniform(reads) && reads.scales.length !== layer.inChannels) {
    flow.block(reads, `its channels are counted differently ('${node.name}')`);
  }
  const rank = layer.kind === 'matmul' ? 2 : 4;
  const writes = alongLastAxis(flow.variables.create(layer.outChannels), rank);
  flow.setMap(node.name, writes);
  return {layer, reads, writes};
}

function visitOther(flow: ChannelFlow, node: Node, keepRelu6: boolean): void {
  const maps = keepRelu6 && node.op === 'Relu6' ? 'ReLU6 is to be kept' : applyRule(flow, node);
  if (typeof maps !== 'string') {
    maps.forEach((map, i) => flow.setMap(`${node.name}:${i}`, map));
    return;
  }
  const reason = `${maps} ('${node.name}')`;
  for (const ref of dataInputs(node)) flow.block(flow.mapOf(ref), reason);
  flow.setMap(node.name, flow.opaque(reason));
}

function applyRule(flow: ChannelFlow, node: Node): readonly ChannelMap[] | string {
  if (node.op === 'Placeholder') return 'it is an input of the model';
  const layer = isLayerOp(node.op) && layerOrReason(flow.graph, node);
  if (typeof layer === 'string') return layer;
  const result = channelRule(node.op)?.(node, flow);
  if (result === undefined) return `${node.op} does not commute with scales`;
  return typeof result === 'string' || Array.isArray(result) ? result : [result as ChannelMap];
}

/** Numbers the variables that are free from 1; all others are 0. */
function compact(
  flow: ChannelFlow,
  layers: ReadonlyArray<{layer: Layer; reads: ChannelMap; writes: ChannelMap}>,
): ChannelGroups {
  const {variables} = flow;
  const numbers = new Map<number, number>();
  const number = (variable: number): number => {
    const root = variables.find(variable);
    if (variables.reason(root) !== undefined) return 0;
    const known = numbers.get(root) ?? numbers.size + 1;
    numbers.set(root, known);
    return known;
  };
  const compacted = layers.map(({layer, reads, writes}) => {
    const refusals = new Map<string, number>();
    for (const variable of writes.scales) {
      const reason = variables.reason(variable);
      if (reason !== undefined) refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
    }
    const vector = isUniform(reads)
      ? new Int32Array(layer.inChannels).fill(number(reads.scales[0]))
      : reads.scales.map(number);
    return {layer, reads: vector, writes: writes.scales.map(number), refusals};
  });
  return {
    count: numbers.size + 1,
    layers: compacted,
    constants: flow.constants,
    relu6: flow.relu6,
    mapOf: ref => {
      const {shape, scales} = flow.mapOf(ref);
      return {shape, scales: scales.map(scale => numbers.get(variables.find(scale)) ?? 0)};
    },
  };
}
