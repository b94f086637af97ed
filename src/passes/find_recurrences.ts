import {recurrences} from '../graph/recurrences.js';
import type {TensorStatistics} from '../statistics/tensor_statistics.js';
import type {Pass} from './pass.js';
import type {QuantizationPlan} from './plan.js';

/**
 * Find recurrent layers that are unrolled: layers that apply one filter again and again to what was
 * made with it. What one step reads, all steps read: its statistics are those of all of them together,
 * so that they get one grid and one correction of the bias.
 */
export const findRecurrences: Pass<'find-recurrences'> = {
  name: 'find-recurrences',
  summary: 'find the steps of recurrent layers, and pool their statistics',
  preservesFunction: true,
  run(graph, {plan, did}) {
    plan.recurrences = recurrences(graph);
    for (const {layers} of plan.recurrences) {
      poolStatistics(
        plan,
        layers.map(({input}) => input),
      );
      did(layers[0].node.name, `${layers.length} steps of one layer`);
    }
  },
};

function poolStatistics(plan: QuantizationPlan, refs: readonly string[]): void {
  const seen = refs.flatMap(ref => plan.statistics.get(ref) ?? []);
  if (seen.length < 2) return;
  const pooled = pool(seen);
  const own = refs.filter(ref => plan.statistics.has(ref)).map(ref => [ref, pooled] as const);
  plan.statistics = new Map([...plan.statistics, ...own]);
}

/** Statistics of several tensors as if they were one, each seen as often as the others. */
function pool(all: readonly TensorStatistics[]): TensorStatistics {
  const average = (of: (statistics: TensorStatistics, c: number) => number) =>
    all[0].mean.map((_, c) => all.reduce((sum, one) => sum + of(one, c), 0) / all.length);
  const mean = average((one, c) => one.mean[c]);
  const squares = average((one, c) => one.std[c] ** 2 + one.mean[c] ** 2);
  return {
    source: all[0].source,
    mean,
    std: squares.map((square, c) => Math.sqrt(Math.max(square - mean[c] ** 2, 0))),
    min: all[0].min.map((_, c) => Math.min(...all.map(({min}) => min[c]))),
    max: all[0].max.map((_, c) => Math.max(...all.map(({max}) => max[c]))),
  };
}
