import type {GraphModel} from '@tensorflow/tfjs-converter';
import type {io} from '@tensorflow/tfjs-core';
import {exportModel} from './graph/export_model.js';
import type {Graph} from './graph/graph.js';
import {artifactsOf, importModel} from './graph/import_model.js';
import {layersArtifacts, type LayersModelLike, traceLayersModel} from './layers/layers_model.js';

/** What can be quantized: a tf.GraphModel or a tf.LayersModel, its weights on any backend. */
export type FloatModel = GraphModel | LayersModelLike;

function isLayersModel(model: FloatModel): model is LayersModelLike {
  // Callers without types may pass anything.
  const given = model as Partial<LayersModelLike> | null | undefined;
  return Array.isArray(given?.layers) && typeof given.save === 'function';
}

/** @throws DfqError if it is no loaded model, or has layers that can't be traced */
export async function importFloatModel(model: FloatModel): Promise<Graph> {
  return isLayersModel(model) ? traceLayersModel(await layersArtifacts(model)) : importModel(model);
}

/** The model as it is saved. */
export async function savedArtifacts(model: FloatModel): Promise<io.ModelArtifacts> {
  return isLayersModel(model) ? layersArtifacts(model) : artifactsOf(model);
}

/**
 * A GraphModel that computes what a LayersModel computes, with its batch norms left in. (The
 * converter of TensorFlow.js would fold them, and data-free quantization needs them.)
 *
 * @param model loaded, or as an IO handler loads it, for which tfjs-layers is not needed
 * @throws DfqError that names a layer that can't be traced, and the remedy
 */
export async function toGraphModel(
  model: LayersModelLike | io.ModelArtifacts,
): Promise<GraphModel> {
  const artifacts =
    'modelTopology' in model ? model : await layersArtifacts(model as LayersModelLike);
  return exportModel(await traceLayersModel(artifacts));
}
