import {floatConstant} from '../graph/constant.js';
import {type Graph, type Node, parseRef} from '../graph/graph.js';
import {biasValues, forEachWeight, type Layer, layerOf, layersOf, setBias} from '../graph/layer.js';
import {rangeOf} from '../quant/range.js';
import type {ChannelMoments, TensorStatistics} from '../statistics/tensor_statistics.js';
import type {Pass, PassContext} from './pass.js';
import {shiftRegion, type ShiftRegion} from './shift_region.js';

/**
 * The range of a depthwise result without an activation must shrink to this share: 2 dB of finer steps. It is
 * 0 wherever the channel that it reads is blank; that is exact on any grid, and −c is not.
 */
const SHRUNK = 0.8;

/** A channel with mean β and deviation γ rarely falls below β − 3γ (Nagel 2019 §4.1.3). */
const DEVIATIONS = 3;

/**
 * Move high biases on to the next layers (Nagel 2019 §4.1.3).
 *
 *   given:   y = W₂ · f(W₁ · x + b₁) + b₂
 *   result:  y = W₂ · f(W₁ · x + b₁ − c) + (b₂ + W₂ · c)
 *   with     c = max(0, min(β − 3γ, lowest))      where f is a ReLU, with or without a cap
 *            c = β                                where there is no activation
 *
 * for every channel, β and γ the mean and the deviation of W₁ · x + b₁. `lowest` is the smallest value
 * that the channel takes: c = β − 3γ alone would cut off what lies below it, 0.1 % of a normal
 * distribution. Caps are lowered by c.
 *
 * What is left is centred or starts nearer to 0. Where no tensor on the way gets a narrower range by that
 * (by a fifth, of a depthwise layer without an activation), or one gets a wider one, the layer is left as it is.
 */
export const absorbHighBias: Pass<'absorb-high-bias'> = {
  name: 'absorb-high-bias',
  summary: 'move what channels always hold on to the biases of the next layers',
  preservesFunction: true,
  run(graph, context) {
    for (const {node} of layersOf(graph)) {
      const layer = layerOf(graph, graph.node(node.name)); // an earlier one may have changed its bias
      if (layer !== undefined) absorb(graph, layer, context);
    }
  },
};

function absorb(graph: Graph, layer: Layer, context: PassContext): void {
  const {plan, did, left} = context;
  const {name} = layer.node;
  if (graph.users(parseRef(layer.node.inputs[1]).node).length > 1) {
    return left(name, 'other layers share its filter');
  }
  const region = shiftRegion(graph, plan.shapes, layer);
  if (typeof region === 'string') return left(name, region);
  const statistics = plan.statistics.get(layer.output);
  if (statistics?.mean.length !== layer.outChannels) return left(name, 'its mean is not known');
  const shift = region.hasActivation
    ? positiveShift(statistics, lowestCaps(graph, region.caps, layer.outChannels))
    : Float64Array.from(statistics.mean);
  const count = shift.reduce((sum, c) => sum + Number(c !== 0), 0);
  if (count === 0) return left(name, 'no channel is always positive');
  const most = layer.kind === 'depthwise' && !region.hasActivation ? SHRUNK : 1;
  if (!narrows(region, shift, plan.statistics, most))
    return left(name, 'no range would be narrower');
  applyShift(graph, layer, region, shift, context);
  did(name, `${count} of ${layer.outChannels} channels shifted`);
}

/** c = max(0, min(β − 3γ, lowest)), and 0 where a cap would be met. */
export function positiveShift(
  {mean, std, min}: Pick<TensorStatistics, 'mean' | 'std' | 'min'>,
  caps: Float64Array,
): Float64Array {
  return mean.map((beta, c) => {
    const shift = Math.max(0, Math.min(beta - DEVIATIONS * std[c], min[c]));
    return shift < caps[c] ? shift : 0;
  });
}

/**
 * Does the shift make any tensor's range, which includes 0, narrower, and none wider?
 *
 * @param most the share of the range below which it counts as narrower
 */
function narrows(
  {shifted}: ShiftRegion,
  shift: Float64Array,
  statistics: ReadonlyMap<string, TensorStatistics>,
  most: number,
): boolean {
  const ratios = shifted.flatMap(name => {
    const known = statistics.get(name);
    return known ? widthOf(shiftedStatistics(known, shift)) / widthOf(known) : [];
  });
  return ratios.every(ratio => ratio <= 1) && ratios.some(ratio => ratio < most);
}

function widthOf({min, max}: TensorStatistics): number {
  return Math.max(0, rangeOf(max).max) - Math.min(0, rangeOf(min).min);
}

function lowestCaps(graph: Graph, caps: readonly Node[], channels: number): Float64Array {
  const lowest = new Float64Array(channels).fill(Infinity);
  for (const node of caps) {
    const {values} = graph.floatInput(node, 1) ?? {values: [0]};
    lowest.forEach((cap, c) => {
      lowest[c] = Math.min(cap, values[values.length === 1 ? 0 : c] ?? 0);
    });
  }
  return lowest;
}

function applyShift(
  graph: Graph,
  layer: Layer,
  {readers, shifted, caps}: ShiftRegion,
  shift: Float64Array,
  {plan}: PassContext,
): void {
  const bias = biasValues(graph, layer).map((b, c) => b - shift[c]);
  setBias(graph, layer, bias);
  for (const reader of readers) addToBias(graph, reader, shift);
  for (const {name} of caps) {
    const node = graph.node(name);
    const values = graph.floatInput(node, 1)?.values ?? [];
    const lowered = shift.map((c, i) => values[values.length === 1 ? 0 : i] - c);
    graph.setConstantInput(node, 1, floatConstant(lowered));
  }
  const statistics = new Map(plan.statistics);
  for (const name of shifted) {
    const known = statistics.get(name);
    if (known !== undefined) statistics.set(name, shiftedStatistics(known, shift));
    const moments = plan.batchNormMoments.get(name);
    if (moments !== undefined) plan.batchNormMoments.set(name, shiftedMoments(moments, shift));
  }
  plan.statistics = statistics;
}

/** b + Σ W · c, over all taps. */
function addToBias(graph: Graph, layer: Layer, shift: Float64Array): void {
  const bias = Float64Array.from(biasValues(graph, layer));
  forEachWeight(layer, (i, inChannel, outChannel) => {
    bias[outChannel] += layer.filter.values[i] * at(shift, inChannel);
  });
  setBias(graph, layer, bias);
}

function shiftedMoments({mean, std}: ChannelMoments, shift: Float64Array): ChannelMoments {
  return {mean: mean.map((value, c) => value - at(shift, c)), std};
}

/** The histogram, which is of all channels, does not hold any more. */
function shiftedStatistics(known: TensorStatistics, shift: Float64Array): TensorStatistics {
  const {mean} = shiftedMoments(known, shift);
  const {histogram: _, ...rest} = known;
  const less = (values: Float64Array) => values.map((value, c) => value - at(shift, c));
  return {...rest, mean, min: less(known.min), max: less(known.max)};
}

/** In a flattened tensor, channels come around again. */
function at(shift: Float64Array, channel: number): number {
  return shift[channel % shift.length];
}
