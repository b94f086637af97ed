/** How a model is laid out in files: model.json and weight files beside it. */
import {io} from '@tensorflow/tfjs-core';
import {concatenate, SHARD_BYTES, storedBytes} from './weights.js';

export const MODEL_JSON = 'model.json';

/** File name → contents; the last one is model.json, which makes the others a model. */
export type ModelFiles = ReadonlyMap<string, Uint8Array | string>;

/** The weights in one piece, however the model hands them over. */
export async function gatherWeights(
  artifacts: io.ModelArtifacts,
): Promise<Uint8Array<ArrayBuffer>> {
  const {weightData, getWeightStream} = artifacts;
  if (weightData !== undefined)
    return new Uint8Array(new io.CompositeArrayBuffer(weightData).slice());
  if (getWeightStream === undefined) return new Uint8Array();
  const parts: Uint8Array[] = [];
  const reader = getWeightStream().getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read())
    parts.push(new Uint8Array(next.value));
  return concatenate(parts);
}

/**
 * A model as its files.
 *
 * @param weights of the artifacts, gathered
 * @throws Error where topology or weights are not what can be written
 */
export function encodeFiles(artifacts: io.ModelArtifacts, weights: Uint8Array): ModelFiles {
  const {modelTopology, weightSpecs = []} = artifacts;
  if (modelTopology === undefined || modelTopology instanceof ArrayBuffer)
    throw new Error('its topology is not JSON');
  const needed = storedBytes(weightSpecs, weights);
  if (needed !== weights.length)
    throw new Error(`its weights have ${weights.length} bytes, their specs ${needed}`);
  const shards = cutShards(weights);
  const manifest = [{paths: [...shards.keys()], weights: weightSpecs}];
  return new Map<string, Uint8Array | string>([
    ...shards,
    [MODEL_JSON, JSON.stringify(modelJson(artifacts, modelTopology, manifest))],
  ]);
}

function cutShards(weights: Uint8Array): Map<string, Uint8Array> {
  const count = Math.ceil(weights.length / SHARD_BYTES);
  return new Map(
    Array.from({length: count}, (_, i) => [
      `group1-shard${i + 1}of${count}.bin`,
      weights.subarray(i * SHARD_BYTES, (i + 1) * SHARD_BYTES),
    ]),
  );
}

function modelJson(
  artifacts: io.ModelArtifacts,
  modelTopology: object,
  weightsManifest: io.WeightsManifestConfig,
): io.ModelJSON {
  return {
    format: artifacts.format,
    generatedBy: artifacts.generatedBy,
    convertedBy: artifacts.convertedBy,
    signature: artifacts.signature,
    userDefinedMetadata: artifacts.userDefinedMetadata,
    modelInitializer: artifacts.modelInitializer,
    initializerSignature: artifacts.initializerSignature,
    trainingConfig: artifacts.trainingConfig,
    modelTopology,
    weightsManifest,
  };
}
