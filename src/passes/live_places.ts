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
  /** One bit for each value, rows of channels from byte to byte: they are kept for all layers at a time. */
  private readonly masks: readonly Uint8Array[];
  /** Of each channel, over all samples. */
  private readonly counts: Int32Array;

  constructor(samples: ReadonlyArray<ArrayLike<number>>, bias: Float32Array) {
    this.counts = new Int32Array(bias.length);
    const bounds = bias.map(b => -b);
    this.masks = samples.map(values => maskAbove(values, bounds, this.counts));
    for (const c of bias.keys()) if (this.counts[c] === 0) this.addAll(c);
  }

  means(samples: ReadonlyArray<ArrayLike<number>>): Float64Array {
    const channels = this.counts.length;
    const sums = new Float64Array(2 * channels);
    samples.forEach((values, i) => addMasked(values, this.masks[i], sums));
    return sums.subarray(channels).map((sum, c) => sum / Math.max(this.counts[c], 1));
  }

  private addAll(channel: number): void {
    const rowBytes = bytesOf(this.counts.length);
    for (const mask of this.masks) {
      for (let at = channel >> 3; at < mask.length; at += rowBytes) mask[at] |= 1 << (channel & 7);
      this.counts[channel] += mask.length / rowBytes;
    }
  }
}

function bytesOf(bits: number): number {
  return Math.ceil(bits / 8);
}

/**
 * The bit of each value that is above its channel's bound. Adds to the count of each channel. What a ReLU lets
 * through no processor can foretell: branches would cost three times what the rest does, here and in addMasked.
 */
function maskAbove(
  values: ArrayLike<number>,
  bounds: Float32Array,
  counts: Int32Array,
): Uint8Array {
  const channels = bounds.length;
  const mask = new Uint8Array((values.length / channels) * bytesOf(channels));
  for (let i = 0, at = 0; i < values.length;) {
    for (let c = 0; c < channels; at++) {
      const end = Math.min(c + 8, channels);
      let bits = 0;
      for (let place = 0; c < end; c++, i++, place++) {
        const bit = Number(values[i] > bounds[c]);
        bits |= bit << place;
        counts[c] += bit;
      }
      mask[at] = bits;
    }
  }
  return mask;
}

/** @param sums of each channel: first over the values whose bit is 0, then over those whose bit is 1 */
function addMasked(values: ArrayLike<number>, mask: Uint8Array, sums: Float64Array): void {
  const channels = sums.length / 2;
  for (let i = 0, at = 0; i < values.length;) {
    for (let c = 0; c < channels; at++) {
      const end = Math.min(c + 8, channels);
      for (let bits = mask[at]; c < end; c++, i++, bits >>= 1)
        sums[c + (bits & 1) * channels] += values[i];
    }
  }
}

function channelMeans(samples: ReadonlyArray<ArrayLike<number>>, channels: number): Float64Array {
  const sums = new Float64Array(channels);
  for (const values of samples) {
    for (let i = 0; i < values.length;) {
      for (let c = 0; c < channels; c++, i++) sums[c] += values[i];
    }
  }
  const count = samples.reduce((all, {length}) => all + length / channels, 0);
  return sums.map(sum => sum / Math.max(count, 1));
}
