import {channelGroups, type ChannelGroups, type LayerChannels} from '../graph/channel_groups.js';
import type {Graph, Node} from '../graph/graph.js';
import {
  biasValues,
  forEachRun,
  forEachWeight,
  inputMagnitudes,
  type Layer,
  layerOf,
  scaledFilter,
  setBias,
  setFilter,
} from '../graph/layer.js';
import {pathBetween, readsPadding, valueAfter} from './channel_path.js';
import {Pace} from './pace.js';
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
  async run(graph, context) {
    const pruned = new Map<string, number>();
    // One channel's end can be another's: sweep until nothing changes.
    while ((await sweep(graph, context, pruned)) > 0);
    for (const [layer, count] of pruned) context.did(layer, `${count} channels pruned`);
  },
};

async function sweep(
  graph: Graph,
  context: PassContext,
  pruned: Map<string, number>,
): Promise<number> {
  const groups = channelGroups(graph, context.plan.shapes);
  const writers = new Int32Array(groups.count);
  for (const {writes} of groups.layers) writes.forEach(variable => writers[variable]++);
  const pace = new Pace(() => context.progress(0, 1));
  let changes = 0;
  for (const channels of groups.layers) {
    await pace.next(channels.layer.filter.values.length);
    const sole = channels.writes.map(variable => (writers[variable] === 1 ? variable : 0));
    const count = pruneLayer(graph, {...channels, writes: sole}, readersOf(sole, groups), context);
    const {name} = channels.layer.node;
    if (count > 0) pruned.set(name, (pruned.get(name) ?? 0) + count);
    changes += count;
  }
  return changes;
}

function readersOf(writes: Int32Array, {count, layers}: ChannelGroups): LayerChannels[] {
  const isWritten = new Uint8Array(count);
  for (const variable of writes) if (variable > 0) isWritten[variable] = 1;
  return layers.filter(({reads}) => {
    for (let c = 0; c < reads.length; c++) if (isWritten[reads[c]] === 1) return true;
    return false;
  });
}

/** Layers are values: what came earlier in the same sweep may have changed them. */
function refreshed(graph: Graph, channels: LayerChannels): LayerChannels {
  const layer = layerOf(graph, graph.node(channels.layer.node.name));
  return layer === undefined ? channels : {...channels, layer};
}

function pruneLayer(
  graph: Graph,
  channels: LayerChannels,
  readers: readonly LayerChannels[],
  context: PassContext,
): number {
  if (readers.length === 0) return 0;
  const producer = refreshed(graph, channels);
  const consumers = readers.map(reader => refreshed(graph, reader));
  const {layer, writes} = producer;
  const paths = consumers.map(consumer => pathBetween(graph, layer, consumer.layer));
  const cap = paths.some(path => path?.some(({op}) => op === 'Relu6')) ? 6 : Infinity;
  const bias = biasValues(graph, layer);
  const weights = outputNorms(layer);
  const reading = readingMagnitudes(consumers);
  const read = Float64Array.from(writes, variable => reading.get(variable) ?? 0);
  const isFree = (_: number, c: number) => writes[c] > 0 && reading.has(writes[c]);
  const varying = weights.map((w, c) => w * read[c]);
  const contributed = read.map((r, c) => r * Math.min(cap, Math.abs(bias[c]) + weights[c]));
  const [varyingFloor, contributedFloor] = [varying, contributed].map(
    v => median(v.filter(isFree)) * NEGLIGIBLE,
  );

  const constants = new Map<number, number>();
  for (const c of writes.keys()) {
    if (!isFree(0, c) || (weights[c] === 0 && bias[c] === 0 && read[c] === 0)) continue;
    if (contributed[c] <= contributedFloor) constants.set(c, 0);
    else if (varying[c] <= varyingFloor) {
      const readersOfChannel = consumers.flatMap(({layer: consumer, reads}, i) =>
        reads.includes(writes[c]) ? {consumer, path: paths[i]} : [],
      );
      const constant = constantFor(graph, readersOfChannel, bias[c], c, layer.outChannels);
      if (constant !== undefined) constants.set(c, constant);
    }
  }
  if (constants.size > 0) prune(graph, producer, consumers, constants, context);
  return constants.size;
}

/** The largest |weight| that reads each variable. */
function readingMagnitudes(consumers: readonly LayerChannels[]): Map<number, number> {
  const most = new Map<number, number>();
  for (const {layer, reads} of consumers) {
    inputMagnitudes(layer).forEach((magnitude, channel) => {
      most.set(reads[channel], Math.max(most.get(reads[channel]) ?? 0, magnitude));
    });
  }
  return most;
}

/** Σ |weight| of each output channel. */
function outputNorms(layer: Layer): Float64Array {
  const norms = new Float64Array(layer.outChannels);
  const {values} = layer.filter;
  forEachRun(layer, (start, length, _, __, outChannel, outStep) => {
    for (let k = 0; k < length; k++) norms[outChannel + k * outStep] += Math.abs(values[start + k]);
  });
  return norms;
}

function median(values: Float64Array): number {
  const sorted = values.filter(value => value > 0).sort();
  return sorted.length === 0 ? 0 : sorted[sorted.length >> 1];
}

/** The value that all readers see in the channel, if it can move into their biases. */
function constantFor(
  graph: Graph,
  readers: ReadonlyArray<{consumer: Layer; path?: readonly Node[]}>,
  bias: number,
  channel: number,
  channels: number,
): number | undefined {
  const seen = readers.map(({consumer, path}) => {
    const value = path && valueAfter(graph, path, bias, channel, channels);
    return value === 0 || !readsPadding(consumer) ? value : undefined;
  });
  return seen.every(value => value !== undefined && value === seen[0]) ? seen[0] : undefined;
}

function prune(
  graph: Graph,
  {layer: producer, writes}: LayerChannels,
  consumers: readonly LayerChannels[],
  constants: ReadonlyMap<number, number>,
  {plan}: PassContext,
): void {
  const byVariable = new Map([...constants].map(([c, value]) => [writes[c], value]));
  for (const {
    layer: {node},
    reads,
  } of consumers) {
    const values = Float64Array.from(reads, variable => byVariable.get(variable) ?? 0);
    const current = layerOf(graph, graph.node(node.name));
    if (current === undefined) continue;
    absorb(graph, current, values);
    const keep = Float64Array.from(reads, variable => (byVariable.has(variable) ? 0 : 1));
    setFilter(graph, current, scaledFilter(current, undefined, keep));
  }
  const keep = Float64Array.from(writes, (_, c) => (constants.has(c) ? 0 : 1));
  const bias = biasValues(graph, producer).map((b, c) => b * keep[c]);
  setFilter(graph, producer, scaledFilter(producer, keep));
  setBias(graph, producer, bias);
  const moments = plan.batchNormMoments.get(producer.output);
  for (const c of constants.keys()) {
    if (moments !== undefined) moments.mean[c] = moments.std[c] = 0;
  }
}

/** Adds filter · value of each input channel to the bias. */
function absorb(graph: Graph, layer: Layer, values: Float64Array): void {
  if (values.every(value => value === 0)) return;
  const bias = Float64Array.from(biasValues(graph, layer));
  forEachWeight(layer, (i, inChannel, outChannel) => {
    bias[outChannel] += layer.filter.values[i] * values[inChannel];
  });
  setBias(graph, layer, bias);
}
