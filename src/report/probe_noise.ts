import type {Graph} from '../graph/graph.js';
import type {PassOptions} from '../passes/pass.js';
import type {QuantizationPlan} from '../passes/plan.js';
import {gridOfBits} from '../quant/grid.js';
import {heldOutInputs, Scorer, type TensorScore} from '../statistics/score.js';

/** Inputs that noise is measured on: a tensor has enough values for tenths of a decibel on two. */
const SAMPLES = 2;

/** Signal-to-noise ratios on held-out inputs of the probe. */
export interface ProbeNoise {
  /** Of what the model is judged by, the int8 model against the float one. */
  readonly outputs: readonly TensorScore[];
  /** Of layers' results, the int8 model against the float one: with all errors of the layers before. */
  readonly tensors: readonly TensorScore[];
  /** Of the float results put on the int8 tensors' own grids. */
  readonly grids: readonly TensorScore[];
}

export const NO_NOISE: ProbeNoise = {outputs: [], tensors: [], grids: []};

/**
 * Runs both graphs on the same generated inputs and compares the results of the layers.
 *
 * @param float the graph as it was quantized
 * @param int8 what became of it
 */
export async function probeNoise(
  float: Graph,
  int8: Graph,
  plan: QuantizationPlan,
  {probe, activationBits}: Pick<PassOptions, 'probe' | 'activationBits'>,
  progress: (done: number, total: number) => Promise<void>,
): Promise<ProbeNoise> {
  const heads = [...new Set(plan.heads.values())];
  let runs = 0;
  const onInput = () => progress(++runs, 2 * SAMPLES);
  const scorer = await Scorer.of(float, heldOutInputs(float, probe, SAMPLES), heads, onInput);
  const {outputs, tensors} = await scorer.score({graph: int8, grids: plan.activations});
  const grids = heads.flatMap(ref => {
    const params = int8.has(`${ref}/int8`) ? plan.activations.get(ref) : undefined;
    return params ? [[ref, params] as const] : [];
  });
  const integers = gridOfBits(activationBits);
  return {outputs, tensors, grids: await scorer.scoreGrids(new Map(grids), integers)};
}
