import {loadGraphModel, type GraphModel} from '@tensorflow/tfjs-converter';
import {io} from '@tensorflow/tfjs-core';
import {loadModel} from '../node/load_model.js';
import {pathOfUrl} from '../node/file_system.js';
import {fileSource, httpSource, type ModelSource} from '../node/model_source.js';
import {toGraphModel} from '../src/float_model.js';
import {isLayersTopology} from '../src/layers/layers_model.js';
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
 * Load a GraphModel into the current backend; a LayersModel is traced to one.
 *
 * @param location path of model.json or of its folder, or a URL: file://, http://, https://
 * @throws Error that names the file or URL
 */
export async function loadGraph(location: string): Promise<LoadedModel> {
  const source = await sourceOf(location);
  const artifacts = await loadModel(source);
  const weightBytes = new io.CompositeArrayBuffer(artifacts.weightData).byteLength;
  if (isLayersTopology(artifacts.modelTopology)) {
    return {model: await tracedModel(artifacts, source.location), int8: false, weightBytes};
  }
  const nodes = nodesOf(artifacts, source.location);
  return {
    model: await loadGraphModel({load: () => Promise.resolve(artifacts)}),
    int8: nodes.some(({op}) => INT8_OPS.has(op)),
    weightBytes,
  };
}

async function tracedModel(artifacts: io.ModelArtifacts, location: string): Promise<GraphModel> {
  try {
    return await toGraphModel(artifacts);
  } catch (error) {
    throw new Error(`'${location}': ${(error as Error).message}`);
  }
}

async function sourceOf(location: string): Promise<ModelSource> {
  if (/^https?:\/\//.test(location)) return httpSource(location);
  return fileSource(location.startsWith('file://') ? pathOfUrl(location) : location);
}

function nodesOf({modelTopology}: io.ModelArtifacts, location: string): {op: string}[] {
  const {node} = (modelTopology ?? {}) as {node?: {op: string}[]};
  if (!Array.isArray(node))
    throw new Error(
      `'${location}' is neither a GraphModel nor a LayersModel; give the model.json of one`,
    );
  if (node.length === 0) throw new Error(`'${location}' holds an empty graph`);
  return node;
}
