import {type Layer, layerOf} from '../graph/layer.js';
import type {Graph} from '../graph/graph.js';
import {type Grid, gridOfBits} from '../quant/grid.js';
import {calibrationInputs} from '../statistics/calibration.js';
import {type InputCovariance, inputCovariances} from '../statistics/input_covariance.js';
import {probeSources} from '../statistics/model_inputs.js';
import {paced} from '../statistics/paced.js';
import {PROBE_SIZE} from '../statistics/probe.js';
import type {TensorStatistics} from '../statistics/tensor_statistics.js';
import {flipFilter} from './flip_filter.js';
import type {Pass, PassContext} from './pass.js';
import type {QuantizedFilter, QuantizationPlan} from './plan.js';
import {withValues} from './quantize_weights.js';
import {roundWithFeedback} from './rounding_feedback.js';

/**
 * Round some weights to the farther of their two neighbours, or beyond, so that errors cancel in the output of
 * the layer. Biases are corrected afterwards, so only how inputs vary counts, not their mean.
 *
 * 'flip' takes it that all inputs of an output channel rise and fall together (SQuant, Guo et al. 2022),
 * 'feedback' measures on the probe, or on the caller's data, how they do (as GPTQ, Frantar et al. 2023, does on data).
 */
export const roundWeights: Pass<'round-weights'> = {
  name: 'round-weights',
  summary: 'round weights so that their errors cancel',
  preservesFunction: true,
  async run(graph, context) {
    const {options, plan, did} = context;
    const rounding = options.rounding === 'auto' ? automatic(options.weightBits) : options.rounding;
    if (rounding === 'nearest') return;
    const layers = layersToRound(graph, plan);
    const covariances =
      rounding === 'feedback' ? await covariancesOf(graph, layers, context) : undefined;
    const grid = gridOfBits(options.weightBits, options.symmetricWeights);
    for (const layer of layers) {
      const {name} = layer.node;
      const filter = plan.filters.get(name) as QuantizedFilter;
      const values = filter.values.slice();
      if (covariances === undefined)
        flipFilter(layer, filter, grid, deviations(layer, plan), values);
      else feedback(layer, filter, grid, covariances.get(name) ?? [], values);
      plan.filters.set(name, withValues(layer, filter, values));
      did(name, `${countChanges(values, filter.values)} of ${values.length} weights moved`);
    }
  },
};

/** Up to this many bits, rounding errors are worth the time that measuring covariances takes. */
const FEW_BITS = 6;

function automatic(weightBits: number): 'nearest' | 'feedback' {
  return weightBits <= FEW_BITS ? 'feedback' : 'nearest';
}

/**
 * The steps of a recurrent layer share their integers, and would each want others. In a transposed convolution the
 * errors of few taps meet in one pixel.
 */
function layersToRound(graph: Graph, {filters, recurrences}: QuantizationPlan): Layer[] {
  const steps = new Set(recurrences.flatMap(({layers}) => layers.map(({node}) => node.name)));
  const names = [...filters.keys()].filter(name => !steps.has(name));
  return names
    .flatMap(name => layerOf(graph, graph.node(name)) ?? [])
    .filter(({kind}) => kind !== 'transposed');
}

async function covariancesOf(graph: Graph, layers: readonly Layer[], context: PassContext) {
  const {options, progress} = context;
  // What is no array may be good for one run alone, and that was for the statistics.
  if (Array.isArray(options.calibration) && options.statistics !== 'probe') {
    return inputCovariances(graph, layers, calibrationInputs(graph, options.calibration));
  }
  const inputs = probeSources(graph, PROBE_SIZE, options.probe);
  const onSample = (done: number) => progress(done, PROBE_SIZE + 1);
  return inputCovariances(graph, layers, paced(inputs, onSample));
}

function feedback(
  layer: Layer,
  filter: QuantizedFilter,
  grid: Grid,
  blocks: readonly InputCovariance[],
  values: QuantizedFilter['values'],
): void {
  for (const block of blocks) roundWithFeedback(layer, filter, grid, block, values);
}

/** Standard deviation of each input channel; ones where it is not known. */
function deviations(layer: Layer, {statistics}: QuantizationPlan): Float64Array {
  const known: TensorStatistics | undefined = statistics.get(layer.input);
  if (known?.std.length === layer.inChannels) return known.std;
  return new Float64Array(layer.inChannels).fill(1);
}

function countChanges(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let count = 0;
  for (let i = 0; i < a.length; i++) count += Number(a[i] !== b[i]);
  return count;
}
