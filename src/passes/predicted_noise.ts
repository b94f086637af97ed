import type {ChannelGroups, LayerChannels} from '../graph/channel_groups.js';
import {DisjointSets} from '../graph/disjoint_sets.js';
import {forEachWeight} from '../graph/layer.js';
import type {TensorStatistics} from '../statistics/tensor_statistics.js';
import {channelRanges} from './activation_ranges.js';
import type {PassOptions} from './pass.js';

/**
 * With a grid for each output channel of a filter, the weights that write a channel gain nothing from a scale,
 * and a scale that evens out what reads it may cost the activations more. So only those sets of channels
 * keep their scales of which less noise is to be expected than without.
 *
 * @param statistics of the tensors before scaling
 * @returns the scales, 1 for channels of sets that are better left as they are
 */
export function withoutHarmfulScales(
  groups: ChannelGroups,
  scales: Float64Array,
  statistics: ReadonlyMap<string, TensorStatistics>,
  options: Pick<PassOptions, 'weightBits' | 'activationBits'>,
): Float64Array {
  const sets = new DisjointSets();
  for (const {reads} of groups.layers) {
    const [first, ...rest] = new Set(reads.filter(v => v > 0));
    for (const v of rest) sets.join(String(first), String(v));
  }
  const gains = new Map<string, number>();
  for (const channels of groups.layers) {
    const variable = channels.reads.find(v => v > 0);
    const seen = statistics.get(channels.layer.input);
    if (variable === undefined || seen?.max.length !== channels.reads.length) continue;
    const operand = {power: secondMoments(seen), ranges: channelRanges(seen)};
    const noise = (own: Float64Array) => expectedNoise(channels, operand, own, scales, options);
    const set = sets.find(String(variable));
    const gain = noise(new Float64Array(scales.length).fill(1)) - noise(scales);
    gains.set(set, (gains.get(set) ?? 0) + gain);
  }
  return scales.map((scale, v) => ((gains.get(sets.find(String(v))) ?? 1) > 0 ? scale : 1));
}

/** Of the values that a layer reads, by channel. */
interface Operand {
  /** E[x²] */
  readonly power: Float64Array;
  /** max |x| */
  readonly ranges: Float64Array;
}

function secondMoments({mean, std}: TensorStatistics): Float64Array {
  return mean.map((own, c) => own ** 2 + std[c] ** 2);
}

/**
 * What rounding the weights and the values that a layer reads adds to its output, summed over channels,
 * each counted in units of its scale; uniform rounding errors, steps from the ranges:
 *
 *   Σⱼ (maxᵢ |Wᵢⱼ| sᵢ)² / 4^b_w · Σᵢ E[xᵢ²] / sᵢ²  +  (maxᵢ |xᵢ| / sᵢ)² / 4^b_x · Σᵢⱼ (Wᵢⱼ sᵢ)²
 *
 * @param scales of what the layer reads
 * @param outScales of what it writes
 */
function expectedNoise(
  {layer, reads, writes}: LayerChannels,
  {power, ranges}: Operand,
  scales: Float64Array,
  outScales: Float64Array,
  {weightBits, activationBits}: Pick<PassOptions, 'weightBits' | 'activationBits'>,
): number {
  const peaks = new Float64Array(layer.outChannels);
  let gain = 0;
  forEachWeight(layer, (i, inChannel, outChannel) => {
    const out = outScales[writes[outChannel]];
    const w = Math.abs((layer.filter.values[i] * scales[reads[inChannel]]) / out);
    peaks[outChannel] = Math.max(peaks[outChannel], w);
    gain += w * w;
  });
  const taps = layer.filter.values.length / layer.outChannels / layer.inChannels;
  const scaledPower = reads.reduce((sum, v, c) => sum + power[c] / scales[v] ** 2, 0);
  const range = ranges.reduce((most, own, c) => Math.max(most, own / scales[reads[c]]), 0);
  // The one input channel of a depthwise channel has its scale in the filter's own grid.
  const weights =
    layer.kind === 'depthwise'
      ? 0
      : peaks.reduce((sum, peak) => sum + peak * peak, 0) * taps * scaledPower;
  return weights / 4 ** weightBits + (range * range * gain) / 4 ** activationBits;
}
