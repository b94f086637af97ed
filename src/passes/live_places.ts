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
    return {of: values => meansWhere(values, channels, () => true)};
  }
  const bias = biasValues(graph, layer);
  const counts = new Float64Array(channels);
  // One bit for each value: they are kept for all layers at a time.
  const masks = samples.map(values => {
    const mask = new Uint8Array(Math.ceil(values.length / 8));
    for (let i = 0; i < values.length; i++) {
      const c = i % channels;
      if (values[i] + bias[c] <= 0) continue;
      mask[i >> 3] |= 1 << (i & 7);
      counts[c]++;
    }
    return mask;
  });
  const isLive = (sample: number, i: number, c: number) =>
    counts[c] === 0 || (masks[sample][i >> 3] & (1 << (i & 7))) !== 0;
  return {of: values => meansWhere(values, channels, isLive)};
}

function meansWhere(
  samples: ReadonlyArray<ArrayLike<number>>,
  channels: number,
  isCounted: (sample: number, i: number, channel: number) => boolean,
): Float64Array {
  const sums = new Float64Array(channels);
  const counts = new Float64Array(channels);
  samples.forEach((values, sample) => {
    for (let i = 0; i < values.length; i++) {
      const c = i % channels;
      if (!isCounted(sample, i, c)) continue;
      sums[c] += values[i];
      counts[c]++;
    }
  });
  return sums.map((sum, c) => sum / Math.max(counts[c], 1));
}
