import type {DataType} from '@tensorflow/tfjs-core';
import {type FloatModel, importFloatModel, savedArtifacts} from './float_model.js';

import {macsOf} from './graph/macs.js';
import type {QuantizeOptions} from './options.js';
import {runPasses} from './quantize.js';
import {decisionsOf, type NodeDecision} from './report/decisions.js';
import {isInt8Op, opHistogram} from './report/ops.js';
import {inputSpecs} from './statistics/model_inputs.js';
import {traceShapes} from './statistics/probe.js';

export interface TensorDescription {
  readonly name: string;
  readonly dtype?: DataType;
  /** −1 where a size is open; absent where it is not known. */
  readonly shape?: readonly number[];
}

export interface Inspection {
  readonly inputs: readonly TensorDescription[];
  readonly outputs: readonly TensorDescription[];
  /** How many nodes there are of each op. */
  readonly ops: Readonly<Record<string, number>>;
  /** Multiply-accumulates of the linear layers for one sample. */
  readonly macs: number;
  /** Number of weights. */
  readonly parameters: number;
  /** Of the weights on disk, as the model is stored. */
  readonly bytes: number;
  /** What quantize would do to each node that computes; empty for a model that is int8 already. */
  readonly nodes: readonly NodeDecision[];
}

/**
 * What a model is, and what {@link quantize} would do to it.
 *
 * @throws DfqError as quantize does
 */
export async function inspect(
  model: FloatModel,
  options: QuantizeOptions = {},
): Promise<Inspection> {
  const graph = await importFloatModel(model);
  const shapes = await traceShapes(graph, {scaling: options.input, examples: options.examples});
  const values = [...graph.constants.values()].filter(({dtype}) => dtype !== 'string');
  const isInt8 = graph.nodes.some(({op}) => isInt8Op(op));
  return {
    inputs: inputSpecs(graph),
    outputs: graph.outputs.map(name => ({name, shape: shapes.get(name)})),
    ops: opHistogram(graph),
    macs: graph.nodes.reduce((sum, node) => sum + macsOf(graph, node, shapes), 0),
    parameters: values.reduce((sum, {values}) => sum + values.length, 0),
    bytes: await bytesOf(model),
    nodes: isInt8 ? [] : await plannedDecisions(model, options),
  };
}

async function bytesOf(model: FloatModel): Promise<number> {
  const {weightData: data = []} = await savedArtifacts(model);
  return data instanceof ArrayBuffer
    ? data.byteLength
    : data.reduce((sum, {byteLength}) => sum + byteLength, 0);
}

async function plannedDecisions(
  model: FloatModel,
  options: QuantizeOptions,
): Promise<NodeDecision[]> {
  const {given, graph, result} = await runPasses(model, options);
  return decisionsOf(given, graph, result);
}
