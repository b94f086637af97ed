import type {Graph} from '../graph/graph.js';
import {biasValues, type Layer} from '../graph/layer.js';

/** Ops that give 0 for whatever is not positive. */
const RECTIFIERS = new Set(['Relu', 'Relu6']);

/** Means of each channel over some places of the inputs. */
export interface PlaceMeans {
  /** @param samples values of each input, channels last */
  of(samples: ReadonlyArray<ArrayLike<number>>): Float64Array;
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
  samples: ReadonlyArray<ArrayLike<number>>,
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
  /** One bit for each value: they are kept for all layers at a time. */
  private readonly masks: readonly Uint8Array[];
  /** Of each channel, over all samples. */
  private readonly counts: Int32Array;

  constructor(samples: ReadonlyArray<ArrayLike<number>>, bias: Float32Array) {
    this.counts = new Int32Array(bias.length);
    const bounds = bias.map(b => -b);
    this.masks = samples.map(values => maskAbove(values, bounds, this.counts));
    for (const c of bias.keys()) if (this.counts[c] === 0) this.addAll(samples, c);
  }

  means(samples: ReadonlyArray<ArrayLike<number>>): Float64Array {
    const sums = new Float64Array(this.counts.length);
    samples.forEach((values, i) => addMasked(values, this.masks[i], sums));
    return sums.map((sum, c) => sum / Math.max(this.counts[c], 1));
  }

  private addAll(samples: ReadonlyArray<ArrayLike<number>>, channel: number): void {
    const channels = this.counts.length;
    samples.forEach(({length}, sample) => {
      const mask = this.masks[sample];
      for (let i = channel; i < length; i += channels) mask[i >> 3] |= 1 << (i & 7);
      this.counts[channel] += length / channels;
    });
  }
}

/** The bit of each value that is above its channel's bound. Adds to the count of each channel. */
function maskAbove(
  values: ArrayLike<number>,
  bounds: Float32Array,
  counts: Int32Array,
): Uint8Array {
  const mask = new Uint8Array(Math.ceil(values.length / 8));
  for (let i = 0, c = 0; i < values.length; i++) {
    if (values[i] > bounds[c]) {
      mask[i >> 3] |= 1 << (i & 7);
      counts[c]++;
    }
    if (++c === bounds.length) c = 0;
  }
  return mask;
}

function addMasked(values: ArrayLike<number>, mask: Uint8Array, sums: Float64Array): void {
  for (let i = 0, c = 0; i < values.length; i++) {
    if (((mask[i >> 3] >> (i & 7)) & 1) === 1) sums[c] += values[i];
    if (++c === sums.length) c = 0;
  }
}

function channelMeans(samples: ReadonlyArray<ArrayLike<number>>, channels: number): Float64Array {
  const sums = new Float64Array(channels);
  for (const values of samples) {
    for (let i = 0, c = 0; i < values.length; i++) {
      sums[c] += values[i];
      if (++c === channels) c = 0;
    }
  }
  const count = samples.reduce((all, {length}) => all + length / channels, 0);
  return sums.map(sum => sum / Math.max(count, 1));
}
