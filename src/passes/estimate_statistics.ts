import {biasValues, layersOf, setBias} from '../graph/layer.js';
import {rangeOf, union} from '../quant/range.js';
import {batchNormStatistics} from '../statistics/batch_norm.js';
import {probe, PROBE_SIZE} from '../statistics/probe.js';
import type {TensorStatistics} from '../statistics/tensor_statistics.js';
import type {Pass} from './pass.js';

/**
 * Find mean, deviation and range of every tensor: from the batch norms that were folded, and for the
 * others by running the float graph on generated inputs.
 */
export const estimateStatistics: Pass<'estimate-statistics'> = {
  name: 'estimate-statistics',
  summary: 'find the statistics of the activations, without data',
  preservesFunction: true,
  async run(graph, {options, plan, progress}) {
    // A bias that were added later, to be corrected, would have no statistics of its own.
    for (const layer of layersOf(graph)) setBias(graph, layer, biasValues(graph, layer));
    const samples = options.statistics === 'batch-norm' ? 1 : PROBE_SIZE;
    const measured = await probe(graph, options.probe, samples, done => progress(done, samples));
    plan.shapes = measured.shapes;
    const statistics = new Map(measured.statistics);
    if (options.statistics !== 'probe') {
      for (const [ref, own] of batchNormStatistics(graph, plan.batchNormMoments)) {
        const seen = statistics.get(ref);
        if (seen !== undefined)
          statistics.set(ref, options.statistics === 'auto' ? within(own, seen) : own);
      }
    }
    plan.statistics = statistics;
  },
};

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
