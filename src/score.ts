import type {GraphModel} from '@tensorflow/tfjs-converter';
import type {NamedTensorMap} from '@tensorflow/tfjs-core';
import {type FloatModel, importFloatModel} from './float_model.js';
import {DfqError} from './graph/dfq_error.js';
import {importModel} from './graph/import_model.js';
import type {PixelScaling} from './statistics/model_inputs.js';
import {heldOutInputs, type Score, SCORE_SIZE, Scorer} from './statistics/score.js';

export interface ScoreOptions {
  /** How many inputs. Default 8. */
  readonly samples?: number;
  /** How pixels of 0–255 enter the model, as for quantize. */
  readonly input?: PixelScaling;
  /** Values for inputs that the probe can't make up, by input name. */
  readonly examples?: NamedTensorMap;
  /** Names of further tensors to compare, where both models have them. */
  readonly tensors?: readonly string[];
}

/**
 * How far a model is from its float form, on generated inputs that no statistics were taken of:
 * the signal-to-noise ratio of each output, and how often a classifier's arg-max stays. Both models
 * are left as they are.
 *
 * Generated images show a classifier nothing it knows: expect fewer equal arg-maxima than on real
 * ones. Compare scores of one model with each other.
 *
 * @throws DfqError for an option or a tensor that can't be
 */
export async function score(
  reference: FloatModel,
  candidate: GraphModel,
  options: ScoreOptions = {},
): Promise<Score> {
  const {samples = SCORE_SIZE, input, examples, tensors = []} = options;
  if (!Number.isInteger(samples) || samples < 1) {
    throw new DfqError(`samples is ${samples}; it must be a whole number from 1`);
  }
  const graph = await importFloatModel(reference);
  for (const name of tensors) graph.node(name.split(':')[0]);
  const inputs = heldOutInputs(graph, {scaling: input, examples}, samples);
  const scorer = await Scorer.of(graph, inputs, tensors);
  return scorer.score({graph: await importModel(candidate)});
}
