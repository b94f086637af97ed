import type {Graph} from '../graph/graph.js';
import {channelMagnitudes, forEachWeight, type Layer, layerOf} from '../graph/layer.js';
import {significant} from './figures.js';

/** Minimum, lower quartile, median, upper quartile, maximum. */
export type Quantiles = readonly [number, number, number, number, number];

/**
 * How wide the channels of a layer's filter are: quantiles, over its output channels, of the largest
 * |weight|. Channels without weights are left out.
 */
export interface ChannelRanges {
  readonly before: Quantiles;
  /** After equalization. */
  readonly after: Quantiles;
}

/** Figure 2 and 6 of Nagel 2019 for one layer: how the weights of each output channel are spread. */
export interface ChannelBoxes {
  readonly layer: string;
  /** Output channels, from the narrowest to the widest before equalization; some of them where there are many. */
  readonly channels: readonly number[];
  /** Quantiles of the weights of each of them. */
  readonly before: readonly Quantiles[];
  readonly after: readonly Quantiles[];
}

/** More channels than this are thinned out evenly. */
const MAX_BOXES = 32;

/** @returns undefined where the layer has no weights */
export function rangesOf(before: Layer, after: Layer): ChannelRanges | undefined {
  const [b, a] = [before, after].map(layer => widths(layer).filter(width => width > 0));
  if (a.length === 0 || b.length === 0) return undefined;
  return {before: quantiles(b), after: quantiles(a)};
}

/**
 * The layer that equalization evened out most: the share of the widest channel that the median one has
 * grew by the largest factor.
 */
export function channelBoxes(
  found: Graph,
  left: Graph,
  ranges: ReadonlyMap<string, ChannelRanges>,
): ChannelBoxes | undefined {
  const share = ([, , median, , widest]: Quantiles) => median / widest;
  const gain = ({before, after}: ChannelRanges) => share(after) / share(before);
  const [name] = [...ranges].sort(([, a], [, b]) => gain(b) - gain(a))[0] ?? [];
  if (name === undefined) return undefined;
  const [before, after] = [found, left].map(graph => layerOf(graph, graph.node(name)));
  if (before === undefined || after === undefined) return undefined;
  const channels = evenlySpaced(byWidth(before));
  return {
    layer: name,
    channels,
    before: boxesOf(before, channels),
    after: boxesOf(after, channels),
  };
}

function widths(layer: Layer): number[] {
  return [...channelMagnitudes(layer).out];
}

/** Output channels that have weights, the narrowest first. */
function byWidth(layer: Layer): number[] {
  const width = widths(layer);
  return width
    .map((_, c) => c)
    .filter(c => width[c] > 0)
    .sort((a, b) => width[a] - width[b]);
}

function evenlySpaced(channels: readonly number[]): number[] {
  if (channels.length <= MAX_BOXES) return [...channels];
  const step = (channels.length - 1) / (MAX_BOXES - 1);
  return Array.from({length: MAX_BOXES}, (_, i) => channels[Math.round(i * step)]);
}

function boxesOf(layer: Layer, channels: readonly number[]): Quantiles[] {
  const weights = new Map(channels.map(c => [c, [] as number[]]));
  forEachWeight(layer, (i, _, c) => weights.get(c)?.push(layer.filter.values[i]));
  return [...weights.values()].map(quantiles);
}

/** Linear between order statistics (type 7 of Hyndman & Fan 1996), to four digits. `values` is not empty. */
export function quantiles(values: readonly number[]): Quantiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => {
    const position = share * (sorted.length - 1);
    const below = Math.floor(position);
    const above = Math.min(below + 1, sorted.length - 1);
    return significant(sorted[below] + (position - below) * (sorted[above] - sorted[below]));
  };
  return [at(0), at(0.25), at(0.5), at(0.75), at(1)];
}
