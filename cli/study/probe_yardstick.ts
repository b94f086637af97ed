import type {GraphModel} from '@tensorflow/tfjs-converter';
import {importModel} from '../../src/graph/import_model.js';
import type {PixelScaling} from '../../src/statistics/model_inputs.js';
import {heldOutInputs, type Score, Scorer} from '../../src/statistics/score.js';
import type {Measurement, Yardstick} from './measurement.js';

/** Inputs; each is 3 % of an agreement. */
const SAMPLES = 32;

/** Measures on generated inputs that no statistics were taken of. */
export async function probeYardstick(
  model: GraphModel,
  scaling?: PixelScaling,
  samples: number = SAMPLES,
): Promise<Yardstick> {
  const graph = await importModel(model);
  const scorer = await Scorer.of(graph, heldOutInputs(graph, {scaling}, samples));
  return {
    inputs: `${samples} generated inputs`,
    steps: 1,
    float: measurementOf(await scorer.score({graph})),
    async measure(candidate, _backend, onStep) {
      const score = await scorer.score({graph: await importModel(candidate)});
      onStep(1);
      return measurementOf(score);
    },
  };
}

function measurementOf({sqnr, outputs}: Score): Measurement {
  const shares = outputs.flatMap(({agreement}) => agreement ?? []);
  const sum = shares.reduce((a, b) => a + b, 0);
  return {top1: null, agreement: shares.length > 0 ? (100 * sum) / shares.length : null, sqnr};
}
