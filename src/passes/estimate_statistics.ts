import {biasValues, layersOf, setBias} from '../graph/layer.js';
import {batchNormStatistics} from '../statistics/batch_norm.js';
import {probe, PROBE_SIZE} from '../statistics/probe.js';
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
        if (statistics.has(ref)) statistics.set(ref, own);
      }
    }
    plan.statistics = statistics;
  },
};
