import {matchSidecar} from '../statistics/sidecar.js';
import type {Pass} from './pass.js';

/**
 * Give layers the statistics of the batch norms that were folded into them before this model was
 * made, from a file beside it. Batch norms that are still in the graph tell more, and keep their say.
 */
export const applySidecar: Pass<'apply-sidecar'> = {
  name: 'apply-sidecar',
  summary: 'read the statistics of batch norms that the converter folded, from a sidecar',
  preservesFunction: true,
  run(graph, {options, plan, did, left}) {
    if (options.sidecar === undefined) return;
    const {moments, unmatched} = matchSidecar(graph, options.sidecar);
    for (const [output, own] of moments) {
      if (plan.batchNormMoments.has(output)) {
        left(output, 'its batch norm is in the graph');
        continue;
      }
      plan.batchNormMoments.set(output, own);
      plan.sidecarOutputs.add(output);
      did(output, 'statistics read');
    }
    for (const [name, reason] of unmatched) left(name, reason);
  },
};
