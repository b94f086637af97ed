import {stringAttr} from '../graph/attributes.js';
import {type ChannelGroup, channelGroups} from '../graph/channel_groups.js';
import type {Graph} from '../graph/graph.js';
import {
  biasValues,
  channelMagnitudes,
  forEachWeight,
  type Layer,
  layerOf,
  scaledFilter,
  setBias,
  setFilter,
} from '../graph/layer.js';
import {pathBetween, valueAfter} from './channel_path.js';
import type {Pass, PassContext} from './pass.js';

/**
 * What a channel must contribute to count, relative to the median channel of its layer. Trained
 * networks have nothing between 1e-4 and 1e-7: weight decay drives unused channels to zero.
 */
const NEGLIGIBLE = 1e-6;

/**
 * Take channels out of the ranges that carry no information.
 *
 *   constant:  a channel whose weights are negligible is act(bias) everywhere; the constant moves
 *              into the bias of its readers, and its weights on both sides become 0
 *   ignored:   a channel that all its readers multiply by a negligible weight; likewise
 *
 * Their weights are arbitrary, often hundreds of times larger than the rest of the layer (a batch
 * norm over a dead channel divides by almost nothing), so that they ruin per-tensor ranges, and
 * equalization would spread them. Shapes stay as they are.
 */
export const pruneConstantChannels: Pass<'prune-constant-channels'> = {
  name: 'prune-constant-channels',
  summary: 'zero the channels that are constant or that nothing reads',
  preservesFunction: true,
  run(graph, context) {
    const pruned = new Map<string, number>();
    // One channel's end can be another's: sweep until nothing changes.
    while (sweep(graph, context, pruned) > 0);
    for (const [layer, count] of pruned) context.did(layer, `${count} channels pruned`);
  },
};

function sweep(graph: Graph, context: PassContext, pruned: Map<string, number>): number {
  let changes = 0;
  for (const group of channelGroups(graph, context.plan.shapes)) {
    if (group.blocked !== undefined || group.producers.length !== 1) continue;
    if (group.consumers.length === 0) continue;
    const count = pruneGroup(graph, group, context);
    const {name} = group.producers[0].node;
    if (count > 0) pruned.set(name, (pruned.get(name) ?? 0) + count);
    changes += count;
  }
  return changes;
}

function pruneGroup(graph: Graph, group: ChannelGroup, context: PassContext): number {
  // Layers are values: an earlier group of the same sweep may have changed them.
  const [producer, ...consumers] = [...group.producers, ...group.consumers].flatMap(
    ({node}) => layerOf(graph, graph.node(node.name)) ?? [],
  );
  const bias = biasValues(graph, producer);
  const weights = outputNorms(producer);
  const reading = consumers.map(consumer => channelMagnitudes(consumer).in);
  const read = Float64Array.from(weights, (_, c) => Math.max(...reading.map(r => r[c])));
  const cap = group.carriers.some(({op}) => op === 'Relu6') ? 6 : Infinity;
  const varying = weights.map((w, c) => w * read[c]);
  const contributed = read.map((r, c) => r * Math.min(cap, Math.abs(bias[c]) + weights[c]));
  const [varyingFloor, contributedFloor] = [varying, contributed].map(v => median(v) * NEGLIGIBLE);

  const constants = new Map<number, number>();
  for (let c = 0; c < weights.length; c++) {
    if (weights[c] === 0 && bias[c] === 0 && read[c] === 0) continue;
    if (contributed[c] <= contributedFloor) constants.set(c, 0);
    else if (varying[c] <= varyingFloor) {
      const constant = constantFor(graph, producer, consumers, bias[c], c);
      if (constant !== undefined) constants.set(c, constant);
    }
  }
  if (constants.size > 0) prune(graph, producer, consumers, constants, context);
  return constants.size;
}

/** Σ |weight| of each output channel. */
function outputNorms(layer: Layer): Float64Array {
  const norms = new Float64Array(layer.outChannels);
  forEachWeight(layer, (i, _, c) => (norms[c] += Math.abs(layer.filter.values[i])));
  return norms;
}

function median(values: Float64Array): number {
  const sorted = values.filter(value => value > 0).sort();
  return sorted.length === 0 ? 0 : sorted[sorted.length >> 1];
}

/** The value that all readers see in the channel, if it can move into their biases. */
function constantFor(
  graph: Graph,
  producer: Layer,
  consumers: readonly Layer[],
  bias: number,
  channel: number,
): number | undefined {
  const seen = consumers.map(consumer => {
    const path = pathBetween(graph, producer, consumer);
    const value = path && valueAfter(graph, path, bias, channel);
    return value === 0 || !readsPadding(consumer) ? value : undefined;
  });
  return seen.every(value => value !== undefined && value === seen[0]) ? seen[0] : undefined;
}

/** Does the layer see zeros beyond the border, where the channel would hold its constant? */
function readsPadding({kind, node, filter}: Layer): boolean {
  if (kind === 'matmul') return false;
  const padding = stringAttr(node.attrs, 'padding', 'VALID');
  if (padding === 'EXPLICIT') return true;
  return padding !== 'VALID' && (filter.shape[0] > 1 || filter.shape[1] > 1);
}

function prune(
  graph: Graph,
  producer: Layer,
  consumers: readonly Layer[],
  constants: ReadonlyMap<number, number>,
  {plan}: PassContext,
): void {
  const keep = Float64Array.from({length: producer.outChannels}, (_, c) =>
    constants.has(c) ? 0 : 1,
  );
  for (const consumer of consumers) {
    absorb(graph, consumer, constants);
    const current = layerOf(graph, graph.node(consumer.node.name));
    if (current !== undefined) setFilter(graph, current, scaledFilter(current, undefined, keep));
  }
  const bias = biasValues(graph, producer).map((b, c) => b * keep[c]);
  setFilter(graph, producer, scaledFilter(producer, keep));
  setBias(graph, producer, bias);
  const moments = plan.batchNormMoments.get(producer.output);
  for (const c of constants.keys()) {
    if (moments !== undefined) moments.mean[c] = moments.std[c] = 0;
  }
}

/** Adds filter · constant to the bias of a reader. */
function absorb(graph: Graph, consumer: Layer, constants: ReadonlyMap<number, number>): void {
  if ([...constants.values()].every(value => value === 0)) return;
  const bias = Float64Array.from(biasValues(graph, consumer));
  forEachWeight(consumer, (i, inChannel, outChannel) => {
    bias[outChannel] += consumer.filter.values[i] * (constants.get(inChannel) ?? 0);
  });
  setBias(graph, consumer, bias);
}
