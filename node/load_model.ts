import {io} from '@tensorflow/tfjs-core';
import type {ModelSource} from './model_source.js';
import {checkGroup, concatenate} from './weights.js';

/**
 * Read model.json and its weight files, graph-model or layers-model.
 *
 * @throws Error that names the file: unreadable, not JSON, not a tfjs model, or a weight file that
 *   is missing, too short or too long
 */
export async function loadModel(source: ModelSource): Promise<io.ModelArtifacts> {
  const json = parseModelJson(await source.read(source.location), source.location);
  const groups = await Promise.all(json.weightsManifest.map(group => readGroup(source, group)));
  const specs = json.weightsManifest.flatMap(group => group.weights);
  return io.getModelArtifactsForJSONSync(json, specs, concatenate(groups).buffer);
}

function parseModelJson(bytes: Uint8Array, location: string): io.ModelJSON {
  const json = parseJson(bytes, location);
  if (!isObject(json) || !isObject(json.modelTopology))
    throw new Error(
      `'${location}' is not a tfjs model: it has no modelTopology; give the model.json that the converter wrote`,
    );
  const manifest = json.weightsManifest ?? [];
  if (!isManifest(manifest)) throw new Error(`'${location}' has a malformed weightsManifest`);
  return {...json, modelTopology: json.modelTopology, weightsManifest: manifest};
}

function parseJson(bytes: Uint8Array, location: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new Error(`'${location}' is not valid JSON: ${(error as Error).message}`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isManifest(value: unknown): value is io.WeightsManifestConfig {
  return Array.isArray(value) && value.every(isGroup);
}

function isGroup(value: unknown): boolean {
  return (
    isObject(value) &&
    isStrings(value.paths) &&
    Array.isArray(value.weights) &&
    value.weights.every(isSpec)
  );
}

function isSpec(value: unknown): boolean {
  return isObject(value) && typeof value.name === 'string' && Array.isArray(value.shape);
}

function isStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every(item => typeof item === 'string');
}

type Group = io.WeightsManifestConfig[number];

async function readGroup(source: ModelSource, group: Group): Promise<Uint8Array> {
  const shards = await Promise.all(
    group.paths.map(async shard => {
      const location = source.locate(shard);
      return {location, bytes: await readShard(source, location)};
    }),
  );
  const data = concatenate(shards.map(({bytes}) => bytes));
  checkGroup(group.weights, shards, data);
  return data;
}

async function readShard(source: ModelSource, location: string): Promise<Uint8Array> {
  try {
    return await source.read(location);
  } catch (error) {
    throw new Error(
      `weights of '${source.location}' are incomplete: ${(error as Error).message}; ` +
        'keep all weight files beside model.json',
    );
  }
}
