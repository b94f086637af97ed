import type {Graph} from '../graph/graph.js';
import {biasValues, layersOf, setBias} from '../graph/layer.js';
import {rangeOf, union} from '../quant/range.js';
import {batchNormStatistics} from '../statistics/batch_norm.js';
import {calibrate, type Measured, probe, PROBE_SIZE, traceShapes} from '../statistics/probe.js';
import {readsHistogram} from '../statistics/range_rules.js';
import type {TensorStatistics} from '../statistics/tensor_statistics.js';
import type {Pass, PassContext, PassOptions} from './pass.js';
import type {QuantizationPlan} from './plan.js';

/**
 * Find mean, deviation and range of every tensor. The source of each is the best of: the caller's data;
 * the batch norms that were folded; those that a sidecar tells of; running the float graph on generated
 * inputs.
 */
export const estimateStatistics: Pass<'estimate-statistics'> = {
  name: 'estimate-statistics',
  summary: 'find the statistics of the activations',
  preservesFunction: true,
  async run(graph, context) {
    const {options, plan} = context;
    // A bias that were added later, to be corrected, would have no statistics of its own.
    for (const layer of layersOf(graph)) setBias(graph, layer, biasValues(graph, layer));
    const {shapes, statistics} = await measure(graph, context);
    plan.shapes = shapes;
    plan.statistics = statistics;
    if (!usesMoments(options)) return;
    const {moments, fromSidecar} = momentsOf(options, plan);
    for (const [ref, own] of batchNormStatistics(graph, moments, fromSidecar, shapes)) {
      const seen = statistics.get(ref);
      if (seen !== undefined)
        statistics.set(ref, options.statistics === 'auto' ? within(own, seen) : own);
    }
  },
};

/** Runs the graph on what there is to run it on, just once where that is for the rest alone. */
async function measure(graph: Graph, {options, plan, progress}: PassContext): Promise<Measured> {
  const {statistics, calibration, activationRange, probe: inputs} = options;
  const histogram = readsHistogram(activationRange);
  if (calibration !== undefined && (statistics === 'auto' || statistics === 'calibration')) {
    const onSample = (done: number) => progress(done, done + 1);
    const measured = await calibrate(graph, calibration, {histogram, onSample});
    return {...measured, shapes: await traceShapes(graph, inputs)};
  }
  const alone = statistics === 'batch-norm' || statistics === 'sidecar';
  const samples = alone && plan.batchNormMoments.size > 0 ? 1 : PROBE_SIZE;
  const onSample = (done: number) => progress(done, samples);
  return probe(graph, inputs, samples, {histogram, onSample});
}

function usesMoments({statistics, calibration}: PassOptions): boolean {
  if (statistics === 'auto') return calibration === undefined;
  return statistics === 'batch-norm' || statistics === 'sidecar';
}

/** What is known of the outputs of layers, by the source that the caller chose. */
function momentsOf({statistics}: PassOptions, plan: QuantizationPlan) {
  const {batchNormMoments, sidecarOutputs} = plan;
  const isWanted = (output: string) =>
    statistics === 'auto' || (statistics === 'sidecar') === sidecarOutputs.has(output);
  const wanted = [...batchNormMoments].filter(([output]) => isWanted(output));
  return {moments: new Map(wanted), fromSidecar: sidecarOutputs};
}

/** How much farther than the probe went a tensor is given room for. */
const MARGIN = 1.1;

/**
 * β ± 6γ of the widest channel can be several times what the whole tensor reaches, and would waste
 * the grid; so it is trusted no farther than somewhat beyond what the probe saw.
 */
function within(own: TensorStatistics, seen: TensorStatistics): TensorStatistics {
  const {min, max} = union(rangeOf(seen.min), union(rangeOf(seen.max), {min: 0, max: 0}));
  return {
    ...own,
    min: own.min.map(value => Math.max(value, MARGIN * min)),
    max: own.max.map(value => Math.min(value, MARGIN * max)),
    histogram: seen.histogram,
  };
}
