import type {GraphModel} from '@tensorflow/tfjs-converter';
import type {DataType} from '@tensorflow/tfjs-core';
import type {Graph, Node} from './graph/graph.js';
import {artifactsOf, importModel} from './graph/import_model.js';
import {FUSED_LAYERS, layerOf} from './graph/layer.js';
import type {QuantizeOptions} from './options.js';
import {quantizeGraph} from './quantize.js';
import {isInt8Op, opHistogram, type Report} from './report/report.js';
import {inputSpecs} from './statistics/model_inputs.js';
import {traceShapes} from './statistics/probe.js';

export interface TensorDescription {
  readonly name: string;
  readonly dtype?: DataType;
  /** −1 where a size is open; absent where it is not known. */
  readonly shape?: readonly number[];
}

export interface NodeDecision {
  readonly name: string;
  readonly op: string;
  /** 'folded': it disappears into another node. */
  readonly decision: 'int8' | 'float' | 'folded';
  readonly reason?: string;
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
  model: GraphModel,
  options: QuantizeOptions = {},
): Promise<Inspection> {
  const graph = await importModel(model);
  const shapes = await traceShapes(graph, {scaling: options.input, examples: options.examples});
  const values = [...graph.constants.values()].filter(({dtype}) => dtype !== 'string');
  const isInt8 = graph.nodes.some(({op}) => isInt8Op(op));
  return {
    inputs: inputSpecs(graph),
    outputs: graph.outputs.map(name => ({name, shape: shapes.get(name)})),
    ops: opHistogram(graph),
    macs: graph.nodes.reduce((sum, node) => sum + macsOf(graph, node, shapes), 0),
    parameters: values.reduce((sum, {values}) => sum + values.length, 0),
    bytes: bytesOf(model),
    nodes: isInt8 ? [] : await plannedDecisions(model, graph, options),
  };
}

function macsOf(graph: Graph, node: Node, shapes: ReadonlyMap<string, readonly number[]>): number {
  const layer = layerOf(graph, {...node, op: FUSED_LAYERS[node.op] ?? node.op});
  const shape = shapes.get(node.name);
  if (layer === undefined || shape === undefined) return 0;
  const outputs = shape.reduce((a, b) => a * b, 1);
  return (outputs / layer.outChannels) * layer.filter.values.length;
}

function bytesOf(model: GraphModel): number {
  const data = artifactsOf(model).weightData ?? [];
  return data instanceof ArrayBuffer
    ? data.byteLength
    : data.reduce((sum, {byteLength}) => sum + byteLength, 0);
}

async function plannedDecisions(model: GraphModel, before: Graph, options: QuantizeOptions) {
  const {graph, report} = await quantizeGraph(model, options);
  return decisions(before, graph, report);
}

/** What became of each node of the float graph. */
function decisions(before: Graph, after: Graph, report: Report): NodeDecision[] {
  const rewrites = report.passes.flatMap(record => record.rewrites);
  return before.nodes
    .filter(({op}) => op !== 'Const' && op !== 'Placeholder')
    .map(({name, op}): NodeDecision => {
      const own = rewrites.filter(({node}) => node === name);
      const isInt8 = own.some(({done, text}) => done && text === 'int8');
      if (isInt8 || after.has(`${name}/int8`)) return {name, op, decision: 'int8'};
      const remains = after.has(name) && !isInt8Op(after.node(name).op);
      const reason = own.find(({done}) => done !== remains)?.text;
      return {name, op, decision: remains ? 'float' : 'folded', reason};
    });
}
