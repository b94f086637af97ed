import {channelGroups, type ChannelGroups} from '../graph/channel_groups.js';
import {channelSpread} from '../graph/channel_spread.js';
import {DisjointSets} from '../graph/disjoint_sets.js';
import type {Graph} from '../graph/graph.js';
import {layerOf} from '../graph/layer.js';
import {exp, log} from '../quant/elementary.js';
import {activationRanges} from './activation_ranges.js';
import {type Equalization, type PeakEdge, solveEqualization} from './equalization_solver.js';
import type {LayerPeaks} from './largest_weights.js';
import {peaksOf} from './layer_peaks.js';
import {Pace} from './pace.js';
import type {Pass, PassContext} from './pass.js';
import {withoutHarmfulScales} from './predicted_noise.js';
import {isScaled, scaleChannels} from './scale_channels.js';

/**
 * Cross-layer equalization (Nagel 2019 §4.1) over the whole graph.
 *
 *   given:   y = W₂ · f(W₁ · x + b₁)       f(s · x) = s · f(x) for s > 0
 *   result:  y = (W₂ · s) · f((W₁ · x + b₁) / s)
 *   with     s[c] = √(r₁[c] / r₂[c])       r₁, r₂ the largest |weight| that writes and reads channel c
 *
 * for every channel that can be scaled, solved together. Channels that must be scaled alike (residual sums,
 * branches, concatenations, …) share one s, and r is the largest over their layers. r₁ also counts the
 * range of the activations (see writtenRange), which are rounded too, unless the caller wants weights
 * alone evened out. Filters with a grid for each output channel keep only scales that
 * help (see withoutHarmfulScales).
 *
 * ReLU6 is not scaled by its operand: its cap becomes 6 / s[c], a constant for each channel, which is
 * exact ('per-channel-cap'). 'relu' drops the cap, as the paper does; 'keep' leaves such channels alone.
 */
export const equalizeLayers: Pass<'equalize-layers'> = {
  name: 'equalize-layers',
  summary: 'even out the channel ranges of consecutive layers',
  preservesFunction: true,
  async run(graph, context) {
    const {plan, options} = context;
    const groups = channelGroups(graph, plan.shapes, {keepRelu6: options.relu6 === 'keep'});
    const {rounds, residual, scales} = await evenScales(groups, context);
    const turn = () => context.progress(rounds - 1, rounds);
    reportRefusals(groups, context);
    const before = groups.layers.map(({layer}) => channelSpread(layer));
    await turn();
    scaleChannels(graph, groups, scales, context);
    await turn();
    const after = groups.layers.map(({layer: {node}}) => spreadOf(graph, node.name));
    reportScales(groups, scales, before, after, context);
    context.did(
      '',
      `${countGroups(groups, scales)} groups, balanced to ${residual.toExponential(1)} in ${rounds} rounds; ` +
        `spread of the channels ${average(before)} → ${average(after)} (geometric mean of the layers)`,
    );
  },
};

async function evenScales(
  groups: ChannelGroups,
  {plan, options, progress}: PassContext,
): Promise<Equalization> {
  // How many rounds there will be is not known.
  const onRound = (rounds: number) => progress(rounds - 1, rounds);
  const pace = new Pace(() => onRound(1));
  const matrices: LayerPeaks[] = [];
  const edges: Array<readonly PeakEdge[]> = [];
  for (const channels of groups.layers.filter(isScaled)) {
    await pace.next(channels.layer.filter.values.length);
    const peaks = peaksOf(channels);
    if (isMatrix(peaks)) matrices.push(peaks);
    else edges.push(peaks);
  }
  const solve = (ranges?: Float64Array) =>
    solveEqualization(groups.count, matrices, edges, ranges, onRound);
  if (options.equalize === 'weights') return solve();
  const result = await solve(activationRanges(groups, plan.statistics));
  if (!options.perChannel) return result;
  return {...result, scales: withoutHarmfulScales(groups, result.scales, plan.statistics, options)};
}

function isMatrix(peaks: LayerPeaks | readonly PeakEdge[]): peaks is LayerPeaks {
  return 'peaks' in peaks;
}

function reportRefusals({layers}: ChannelGroups, {left}: PassContext): void {
  const read = new Set(layers.flatMap(({reads}) => [...reads]));
  for (const {layer, writes, refusals} of layers) {
    for (const [reason, count] of refusals) {
      const share = count < layer.outChannels ? `${count} of ${layer.outChannels} channels: ` : '';
      left(layer.node.name, share + reason);
    }
    if (refusals.size === 0 && writes.every(variable => !read.has(variable))) {
      left(layer.node.name, 'no layer reads it');
    }
  }
}

function reportScales(
  {layers}: ChannelGroups,
  scales: Float64Array,
  before: readonly number[],
  after: readonly number[],
  {did}: PassContext,
): void {
  layers.forEach(({layer: {node}, writes}, i) => {
    const count = writes.reduce((sum, variable) => sum + Number(scales[variable] !== 1), 0);
    const spread = `spread ${before[i].toFixed(2)} → ${after[i].toFixed(2)}`;
    if (count > 0) did(node.name, `${count} channels scaled, ${spread}`);
  });
}

function spreadOf(graph: Graph, name: string): number {
  const layer = layerOf(graph, graph.node(name));
  return layer === undefined ? 1 : channelSpread(layer);
}

function average(spreads: readonly number[]): string {
  const sum = spreads.reduce((total, spread) => total + log(spread), 0);
  return exp(spreads.length === 0 ? 0 : sum / spreads.length).toFixed(2);
}

/** How many sets of layers there are whose outputs have scales in common. */
function countGroups({layers, count}: ChannelGroups, scales: Float64Array): number {
  const sets = new DisjointSets();
  const writers = new Array<string | undefined>(count);
  for (const {layer, writes} of layers) {
    for (const variable of writes) {
      if (scales[variable] === 1) continue;
      writers[variable] ??= layer.node.name;
      sets.join(writers[variable] ?? '', layer.node.name);
    }
  }
  return new Set(writers.flatMap(name => (name === undefined ? [] : sets.find(name)))).size;
}
