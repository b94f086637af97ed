import type {ChannelGroups} from '../graph/channel_groups.js';
import {log} from '../quant/elementary.js';
import type {TensorStatistics} from '../statistics/tensor_statistics.js';

/** Rare values of a channel lie this many standard deviations from its mean (Nagel 2019 §4.2). */
const DEVIATIONS = 6;

/**
 * ln of the range of the values of each scale variable, over all tensors that layers read; −Infinity
 * where they are always 0, NaN where they are not known.
 */
export function activationRanges(
  {count, layers}: ChannelGroups,
  statistics: ReadonlyMap<string, TensorStatistics>,
): Float64Array {
  const ranges = new Float64Array(count).fill(NaN);
  for (const {layer, reads} of layers) {
    const seen = statistics.get(layer.input);
    if (seen?.max.length !== reads.length) continue;
    channelRanges(seen).forEach((range, c) => {
      const known = ranges[reads[c]];
      ranges[reads[c]] = Number.isNaN(known) ? range : Math.max(known, range);
    });
  }
  return ranges.map(range => (Number.isNaN(range) ? NaN : log(range)));
}

/**
 * Few samples of a channel that is rarely far from 0 miss its largest values: a probe's extremes are
 * stretched to the 6 deviations that batch norm statistics come with, if other channels get as far.
 */
export function channelRanges({source, mean, std, min, max}: TensorStatistics): Float64Array {
  const own = max.map((high, c) => Math.max(high, -min[c], 0));
  if (source === 'batch-norm') return own;
  const widest = own.reduce((most, range) => Math.max(most, range), 0);
  return own.map((range, c) =>
    Math.max(range, Math.min(Math.abs(mean[c]) + DEVIATIONS * std[c], widest)),
  );
}
