import type {Graph} from '../graph/graph.js';
import {biasValues, type Layer} from '../graph/layer.js';
import {statisticsLoops} from '../statistics/statistics_loops.js';

/** Ops that give 0 for whatever is not positive. */
const RECTIFIERS = new Set(['Relu', 'Relu6']);

/** Means of each channel over some places of the inputs. */
export interface PlaceMeans {
  /** @param samples values of each input, channels last */
  of(samples: readonly Float32Array[]): Float64Array;
}

/**
 * The places at which each output channel of a layer matters to what follows: all; or, where a ReLU follows,
 * those at which it lets the value through. An error in front of a ReLU that gives 0 anyway is of no consequence,
 * and one number for all places had better not make up for it. In a channel that is always 0, all
 * places count.
 *
 * @param samples sums of products of the layer, without its bias, for each input; channels last
 */
export function livePlaces(
  graph: Graph,
  layer: Layer,
  samples: readonly Float32Array[],
): PlaceMeans {
  const channels = layer.outChannels;
  const users = graph.users(layer.output);
  const isRectified = users.length > 0 && users.every(({op}) => RECTIFIERS.has(op));
  if (!isRectified || graph.isOutput(layer.output)) {
    return {of: values => channelMeans(values, channels)};
  }
  const places = new Places(samples, biasValues(graph, layer));
  return {of: values => places.means(values)};
}

/** Where sums with their biases are positive, and all places of channels that never are. */
class Places {
  /** As of `maskAbove`; those of all layers are kept at a time. */
  private readonly masks: readonly Uint8Array[];
  /** Of each channel, over all samples. */
  private readonly counts: Int32Array;

  constructor(samples: readonly Float32Array[], bias: Float32Array) {
    this.counts = new Int32Array(bias.length);
    const bounds = bias.map(b => -b);
    const loops = statisticsLoops();
    this.masks = samples.map(values => loops.maskAbove(values, bounds, this.counts));
    for (const c of bias.keys()) if (this.counts[c] === 0) this.addAll(c);
  }

  means(samples: readonly Float32Array[]): Float64Array {
    const sums = new Float64Array(this.counts.length);
    const loops = statisticsLoops();
    samples.forEach((values, i) => loops.addMasked(values, this.masks[i], sums));
    return sums.map((sum, c) => sum / Math.max(this.counts[c], 1));
  }

  private addAll(channel: number): void {
    const rowBytes = Math.ceil(this.counts.length / 8);
    for (const mask of this.masks) {
      for (let at = channel >> 3; at < mask.length; at += rowBytes) mask[at] |= 1 << (channel & 7);
      this.counts[channel] += mask.length / rowBytes;
    }
  }
}

function channelMeans(samples: readonly Float32Array[], channels: number): Float64Array {
  const sums = new Float64Array(channels);
  const loops = statisticsLoops();
  for (const values of samples) loops.addRows(values, sums);
  const count = samples.reduce((all, {length}) => all + length / channels, 0);
  return sums.map(sum => sum / Math.max(count, 1));
}
