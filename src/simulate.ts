import type {GraphModel} from '@tensorflow/tfjs-converter';
import type {FloatModel} from './float_model.js';
import {exportModel} from './graph/export_model.js';
import type {Graph} from './graph/graph.js';
import {checkBits, type QuantizeOptions, resolveOptions} from './options.js';
import {type PipelineResult, simulationPipeline} from './passes/pipeline.js';
import {MAX_SIMULATED_BITS} from './quant/grid.js';
import {importChecked, runWithProgress} from './quantize.js';

/** As for {@link quantize}, but `bits`, `weightBits` and `activationBits` may be up to 16. */
export interface SimulateOptions extends QuantizeOptions {
  /** Bits of weights, 2 … 16, in place of `weightBits`; false leaves them float. */
  readonly weights?: {readonly bits?: number} | false;
  /** Bits of activations, 2 … 16, in place of `activationBits`; false leaves them float, and biases with them. */
  readonly activations?: {readonly bits?: number} | false;
}

/**
 * A float GraphModel that computes what the int8 model would, by fake quantization: filters, biases and
 * activations take the values of their grids, with the passes and the decisions of {@link quantize}. Runs on
 * any tfjs backend, at bit widths that int8 can't hold too.
 *
 * With up to 8 bits, every tensor is that of the int8 model to ±1 step for the same operands.
 *
 * @param model a loaded float GraphModel or LayersModel, its weights on any backend; it stays as it is
 * @throws DfqError for a model or an option that can't be; the message names it and the remedy
 */
export async function simulate(
  model: FloatModel,
  options: SimulateOptions = {},
): Promise<GraphModel> {
  const {graph} = await simulateGraph(await importChecked(model), options);
  return exportModel(graph);
}

/** {@link simulate} of a float graph, which stays as it is: many simulations need it imported once. */
export async function simulateGraph(
  float: Graph,
  options: SimulateOptions = {},
): Promise<{readonly graph: Graph; readonly result: PipelineResult}> {
  const graph = float.clone();
  const {weights, activations} = options;
  const resolved = resolveOptions(withBits(options), graph, MAX_SIMULATED_BITS);
  const simulated = {weights: weights !== false, activations: activations !== false};
  const result = await runWithProgress(
    graph,
    resolved,
    // Float weights have no error that biases could make up for.
    pass => resolved.isOn(pass) && (simulated.weights || pass !== 'correct-bias'),
    simulationPipeline(simulated),
  );
  return {graph, result};
}

/** What is left float is planned with the finest grids, so that the same nodes count as quantized. */
function withBits({weights, activations, ...options}: SimulateOptions): QuantizeOptions {
  return {
    ...options,
    weightBits: bitsOf('weights', weights) ?? options.weightBits,
    activationBits: bitsOf('activations', activations) ?? options.activationBits,
  };
}

function bitsOf(name: string, part: SimulateOptions['weights']): number | undefined {
  if (part === false) return MAX_SIMULATED_BITS;
  if (part?.bits === undefined) return undefined;
  return checkBits(`${name}.bits`, part.bits, MAX_SIMULATED_BITS);
}
