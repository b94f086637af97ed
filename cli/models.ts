import {loadGraphModel, type GraphModel} from '@tensorflow/tfjs-converter';
import {io} from '@tensorflow/tfjs-core';
import {loadModel} from '../node/load_model.js';
import {pathOfUrl} from '../node/file_system.js';
import {fileSource, httpSource, type ModelSource} from '../node/model_source.js';
import {Int8Op} from '../src/ops.js';

const INT8_OPS: ReadonlySet<string> = new Set(Object.values(Int8Op));

export interface LoadedModel {
  model: GraphModel;
  /** Whether it has ops that only the int8 backend runs fast. */
  int8: boolean;
  /** Of the weights, on disk. */
  weightBytes: number;
}

/**
 * Load a GraphModel into the current backend.
 *
 * @param location path of model.json or of its folder, or a URL: file://, http://, https://
 * @throws Error that names the file or URL
 */
export async function loadGraph(location: string): Promise<LoadedModel> {
  const source = await sourceOf(location);
  const artifacts = await loadModel(source);
  const nodes = nodesOf(artifacts, source.location);
  return {
    model: await loadGraphModel({load: () => Promise.resolve(artifacts)}),
    int8: nodes.some(({op}) => INT8_OPS.has(op)),
    weightBytes: new io.CompositeArrayBuffer(artifacts.weightData).byteLength,
  };
}

async function sourceOf(location: string): Promise<ModelSource> {
  if (/^https?:\/\//.test(location)) return httpSource(location);
  return fileSource(location.startsWith('file://') ? pathOfUrl(location) : location);
}

function nodesOf({modelTopology}: io.ModelArtifacts, location: string): {op: string}[] {
  const {node} = (modelTopology ?? {}) as {node?: {op: string}[]};
  if (!Array.isArray(node))
    throw new Error(
      `'${location}' is a LayersModel, not a GraphModel; convert it with ` +
        'tensorflowjs_converter --input_format=tfjs_layers_model --output_format=tfjs_graph_model',
    );
  if (node.length === 0) throw new Error(`'${location}' holds an empty graph`);
  return node;
}
