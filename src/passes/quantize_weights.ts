import {forEachRun, isLayerOp, type Layer, layerOrReason} from '../graph/layer.js';
import {type Grid, gridOfBits, MAX_BITS} from '../quant/grid.js';
import {decibels} from '../quant/decibels.js';
import {
  chooseQuantParams,
  dequantizeValue,
  type QuantParams,
  quantizeValue,
} from '../quant/quant_params.js';
import {EMPTY, type Range, union} from '../quant/range.js';
import {Pace} from './pace.js';
import type {Pass, PassOptions} from './pass.js';
import {betterPowersOfTwo} from './power_of_two_scales.js';
import type {QuantizedFilter} from './plan.js';
import {leastErrorGrids} from './weight_ranges.js';

/**
 * A channel's range is at least this share of the layer's widest. Finer scales represent nothing that
 * matters, and the channel's bias would not fit int32 on them.
 */
const NARROWEST_RANGE = 2 ** -12;

/**
 * Choose integers for the filter of every layer, per tensor or per output channel, over the range
 * from its smallest to its largest weight. The graph stays as it is; the integers go into the plan.
 */
export const quantizeWeights: Pass<'quantize-weights'> = {
  name: 'quantize-weights',
  summary: 'put the filters on integer grids',
  preservesFunction: true,
  async run(graph, {options, plan, left, progress}) {
    const pace = new Pace(() => progress(0, 1));
    for (const node of graph.nodes.filter(({op}) => isLayerOp(op))) {
      plan.layers.set(node.name, node);
      const layer = layerOrReason(graph, node);
      if (typeof layer === 'string') left(node.name, layer);
      else if (plan.skipped.has(node.name)) left(node.name, 'it is to be skipped');
      else {
        await pace.next(layer.filter.values.length);
        plan.filters.set(node.name, quantizeFilter(layer, options));
      }
    }
  },
};

type FilterOptions = Pick<
  PassOptions,
  'weightBits' | 'perChannel' | 'symmetricWeights' | 'scales' | 'weightRange'
>;

/** Integer weights of one layer. */
export function quantizeFilter(layer: Layer, options: FilterOptions): QuantizedFilter {
  const {weightBits, perChannel} = options;
  const grid = gridOfBits(weightBits, options.symmetricWeights);
  const params = gridsOf(layer, grid, options);
  const weights = layer.filter.values;
  const values = integers(weightBits, weights.length);
  forEachRun(layer, (start, length, _, __, outChannel, outStep) => {
    for (let k = 0, i = start; k < length; k++, i++)
      values[i] = quantizeValue(
        weights[i],
        params[perChannel ? outChannel + k * outStep : 0],
        grid,
      );
  });
  const scale = Float32Array.from(params, own => own.scale);
  const zeroPoint = Int32Array.from(params, own => own.zeroPoint);
  return {values, scale, zeroPoint, sqnr: sqnrOf(layer, values, params)};
}

/** One grid, or one for each output channel. */
function gridsOf(layer: Layer, grid: Grid, options: FilterOptions): readonly QuantParams[] {
  const {perChannel, symmetricWeights: symmetric, scales, weightRange} = options;
  const ranges = perChannel
    ? widened(channelRanges(layer))
    : [channelRanges(layer).reduce(union, EMPTY)];
  const covering = (share = 1) =>
    ranges.map(({min, max}) =>
      chooseQuantParams({min: share * min, max: share * max}, grid, symmetric, scales),
    );
  if (weightRange === 'mse') return leastErrorGrids(layer, covering, grid);
  if (scales === 'float') return covering();
  return betterPowersOfTwo(layer, covering(), ranges, grid, symmetric);
}

/** The filter with other integers on the same grids. */
export function withValues(
  layer: Layer,
  {scale, zeroPoint}: QuantizedFilter,
  values: QuantizedFilter['values'],
): QuantizedFilter {
  const params = Array.from(scale, (own, c) => ({scale: own, zeroPoint: zeroPoint[c]}));
  return {values, scale, zeroPoint, sqnr: sqnrOf(layer, values, params)};
}

function integers(bits: number, length: number): Int8Array | Int16Array {
  return bits > MAX_BITS ? new Int16Array(length) : new Int8Array(length);
}

/** Signal-to-noise ratio of integer weights, in dB; Infinity where they are exact. */
function sqnrOf(layer: Layer, values: ArrayLike<number>, params: readonly QuantParams[]): number {
  let signal = 0;
  let noise = 0;
  const weights = layer.filter.values;
  const perChannel = Number(params.length > 1);
  forEachRun(layer, (start, length, _, __, outChannel, outStep) => {
    for (let k = 0, i = start; k < length; k++, i++) {
      const w = weights[i];
      signal += w * w;
      const error = dequantizeValue(values[i], params[perChannel * (outChannel + k * outStep)]) - w;
      noise += error * error;
    }
  });
  return decibels(signal, noise);
}

/** Ranges that include 0 and are not much narrower than the widest of them. */
function widened(ranges: readonly Range[]): Range[] {
  const all = ranges.map(({min, max}) => ({min: Math.min(min, 0), max: Math.max(max, 0)}));
  const least = NARROWEST_RANGE * Math.max(...all.map(({min, max}) => max - min));
  return all.map(({min, max}) => ({min, max: Math.max(max, min + least)}));
}

function channelRanges(layer: Layer): Range[] {
  const min = new Float64Array(layer.outChannels).fill(Infinity);
  const max = new Float64Array(layer.outChannels).fill(-Infinity);
  const {values} = layer.filter;
  forEachRun(layer, (start, length, _, __, outChannel, outStep) => {
    for (let k = 0; k < length; k++) {
      const w = values[start + k];
      const c = outChannel + k * outStep;
      if (w < min[c]) min[c] = w;
      if (w > max[c]) max[c] = w;
    }
  });
  return Array.from(min, (low, c) => ({min: low, max: max[c]}));
}
