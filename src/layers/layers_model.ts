import {dispose, io} from '@tensorflow/tfjs-core';
import {DfqError} from '../graph/dfq_error.js';
import {Graph, type Node, parseRef, refOf} from '../graph/graph.js';
import {encodingOf, readConstant} from '../graph/import_model.js';
import {verify} from '../graph/verify.js';
import {GraphBuilder} from './graph_builder.js';
import {type LayerConfig, type ModelConfig, readTopology} from './keras_config.js';
import {traceModel} from './trace_model.js';
import type {Shape, Traced} from './traced.js';
import {type StoredWeight, WeightStore} from './weight_store.js';

/** A tf.LayersModel, as far as we need one: tfjs-layers itself need not be there. */
export interface LayersModelLike {
  readonly layers: readonly unknown[];
  save(handler: io.IOHandler): Promise<io.SaveResult>;
}

/** What the model saves. */
export async function layersArtifacts(model: LayersModelLike): Promise<io.ModelArtifacts> {
  let saved: io.ModelArtifacts | undefined;
  await model.save({
    save: async artifacts => {
      saved = artifacts;
      return {modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts)};
    },
  });
  if (saved === undefined) throw new DfqError('the LayersModel saves nothing; load it again');
  return saved;
}

/** Is it a model of layers, and not of operations? */
export function isLayersTopology(topology: io.ModelArtifacts['modelTopology']): boolean {
  return typeof topology === 'object' && ('model_config' in topology || 'class_name' in topology);
}

/**
 * The graph that a saved LayersModel computes, with the ops that the converter would write, batch
 * norm left in. Inputs and outputs are named as in the model.
 *
 * @throws DfqError that names a layer that can't be traced, and the remedy
 */
export async function traceLayersModel(artifacts: io.ModelArtifacts): Promise<Graph> {
  const model = readTopology(artifacts.modelTopology);
  const graph = new Graph([], [], {inputs: [], outputs: []});
  const builder = new GraphBuilder(graph, new WeightStore(await readWeights(artifacts)));
  const inputs = model.inputs.map(([name]) => placeholder(builder, inputLayer(model, name)));
  const outputs = traceModel(builder, model, [], inputs);
  return finish(graph, artifacts, inputs, nameOutputs(graph, model, outputs));
}

async function readWeights({weightSpecs = [], weightData}: io.ModelArtifacts) {
  if (weightData === undefined) throw new DfqError('the model has no weights; save it with them');
  const tensors = io.decodeWeights(weightData, weightSpecs);
  try {
    const weights: StoredWeight[] = [];
    for (const spec of weightSpecs.filter(({group}) => group !== 'optimizer')) {
      const value = await readConstant(tensors[spec.name], encodingOf(spec));
      weights.push({name: spec.name, value});
    }
    return weights;
  } finally {
    dispose(tensors);
  }
}

function inputLayer(model: ModelConfig, name: string): LayerConfig {
  const layer = model.layers.find(candidate => candidate.name === name);
  if (layer === undefined) throw new DfqError(`the topology has no input layer '${name}'`);
  return layer;
}

const TYPES: Readonly<Record<string, {type: string; dtype: Traced['dtype']}>> = {
  float32: {type: 'DT_FLOAT', dtype: 'float32'},
  float16: {type: 'DT_FLOAT', dtype: 'float32'},
  int32: {type: 'DT_INT32', dtype: 'int32'},
  int64: {type: 'DT_INT32', dtype: 'int32'},
  bool: {type: 'DT_BOOL', dtype: 'bool'},
};

function placeholder(builder: GraphBuilder, {name, config}: LayerConfig): Traced {
  const sizes = config['batch_input_shape'] ?? config['batch_shape'];
  const declared = config['dtype'];
  const dtype = typeof declared === 'string' ? declared : 'float32';
  const type = TYPES[dtype];
  if (!Array.isArray(sizes)) {
    throw new DfqError(`input '${name}' has no shape; give the first layer an inputShape`);
  }
  if (type === undefined) {
    throw new DfqError(`input '${name}' is of dtype ${dtype}, which has no tensors here`);
  }
  const shape = sizes.map(size => (typeof size === 'number' ? size : -1));
  const attrs = {dtype: {type: type.type}, shape: {shape: shapeProto(shape)}};
  return {ref: builder.node(name, 'Placeholder', [], attrs), shape, dtype: type.dtype};
}

function shapeProto(shape: Shape) {
  return {dim: shape.map(size => ({size: String(size)}))};
}

/** Gives the nodes that make the outputs the names that the model has for these. */
function nameOutputs(graph: Graph, model: ModelConfig, outputs: readonly Traced[]): Traced[] {
  const taken = new Set<string>();
  return outputs.map((tensor, i) => {
    const [layer] = model.outputs[i];
    let name = layer;
    for (let n = 1; taken.has(name); n++) name = `${layer}_${n}`;
    taken.add(name);
    // An input that is returned, or a tensor that is returned twice, keeps the name that it has.
    if (graph.has(name)) name = graph.freshName(`${name}/output`);
    graph.add({name, op: 'Identity', inputs: [tensor.ref], attrs: {}});
    return {...tensor, ref: name};
  });
}

function finish(
  traced: Graph,
  {generatedBy, userDefinedMetadata}: io.ModelArtifacts,
  inputs: readonly Traced[],
  outputs: readonly Traced[],
): Graph {
  const ends = {inputs: inputs.map(({ref}) => ref), outputs: outputs.map(({ref}) => ref)};
  const signature = {inputs: signatureOf(inputs), outputs: signatureOf(outputs)};
  const graph = new Graph(
    withoutOutputIdentities(traced.nodes, new Set(ends.outputs)),
    traced.constants,
    ends,
    {versions: {producer: 1, minConsumer: 1}},
    {format: 'graph-model', generatedBy, signature, userDefinedMetadata},
  );
  graph.removeUnused();
  verify(graph);
  return graph;
}

function signatureOf(tensors: readonly Traced[]) {
  const types = Object.values(TYPES);
  return Object.fromEntries(
    tensors.map(({ref, shape, dtype}) => [
      ref,
      {
        name: `${ref}:0`,
        dtype: types.find(type => type.dtype === dtype)?.type,
        tensorShape: shapeProto(shape),
      },
    ]),
  );
}

/** An output's Identity gives its name to the node before it, where that can take it. */
function withoutOutputIdentities(nodes: readonly Node[], outputs: ReadonlySet<string>): Node[] {
  const byName = new Map(nodes.map(node => [node.name, node]));
  const renamed = new Map<string, string>();
  for (const {name, inputs} of nodes.filter(node => outputs.has(node.name))) {
    const source = byName.get(inputs[0]);
    if (source === undefined || source.op === 'Placeholder' || renamed.has(source.name)) continue;
    renamed.set(source.name, name);
  }
  const given = new Set(renamed.values());
  return nodes
    .filter(({name}) => !given.has(name))
    .map(node => ({
      ...node,
      name: renamed.get(node.name) ?? node.name,
      inputs: node.inputs.map(ref => {
        const {node: name, index} = parseRef(ref);
        return refOf(renamed.get(name) ?? name, index);
      }),
    }));
}
