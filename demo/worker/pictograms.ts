import {type GraphModel, loadGraphModel} from '@tensorflow/tfjs-converter';
import modelUrl from '../../models/pictograms/model.json?url';
import weightsUrl from '../../models/pictograms/weights.bin?url';
import * as dfq from '../../src/index.js';
import type {Call} from '../common/rpc.js';
import {type Backend, useBackend} from './backend.js';
import {weightBytes} from './model_bytes.js';

/** The three forms of the embedded model. */
export type VersionName = 'float' | 'plain' | 'dfq';

export interface Version {
  readonly model: GraphModel;
  readonly backend: Backend;
}

export interface Bits {
  readonly weightBits: number;
  readonly activationBits: number;
}

/** Rounds weights and activations, and does nothing else for accuracy. */
const PLAIN: dfq.QuantizeOptions['passes'] = {
  'prune-constant-channels': false,
  'equalize-layers': false,
  'absorb-high-bias': false,
  'correct-bias': false,
};

/** How pixels of 0–255 enter the model. */
export const SCALING = {mean: 127.5, std: 127.5};

/** How long each version takes to make, about, as shares of the whole. */
const SHARES = {plain: 0.3, dfq: 0.7};

const versions = new Map<VersionName, Version>();

/** @throws Error before {@link quantizePictograms} */
export function versionOf(name: VersionName): Version {
  const version = versions.get(name);
  if (version === undefined) throw new Error(`the model '${name}' is not there yet`);
  return version;
}

/** Loads the float model; tells the bytes of its weights. */
async function loadPictograms(): Promise<{bytes: number}> {
  return {bytes: await weightBytes(await floatModel())};
}

async function floatModel(): Promise<GraphModel> {
  const loaded = versions.get('float');
  if (loaded !== undefined) return loaded.model;
  await useBackend('wasm');
  const model = await loadGraphModel(modelUrl, {weightUrlConverter: async () => weightsUrl});
  versions.set('float', {model, backend: 'wasm'});
  return model;
}

/**
 * Quantizes the float model plainly and by DFQ. Both versions are replaced when both are done: who cancels
 * keeps those he had.
 *
 * @returns the bytes of their weights
 */
async function quantizePictograms(bits: Bits, call: Call): Promise<{plain: number; dfq: number}> {
  const float = await floatModel();
  const options = {...bits, input: SCALING, signal: call.signal};
  const plain = await dfq.quantize(float, {
    ...options,
    passes: PLAIN,
    onProgress: part(call, 'Plain INT8', 0, SHARES.plain),
  });
  try {
    const dataFree = await dfq.quantize(float, {
      ...options,
      onProgress: part(call, 'DFQ INT8', SHARES.plain, SHARES.dfq),
    });
    replace('dfq', dataFree);
  } catch (error) {
    plain.dispose();
    throw error;
  }
  replace('plain', plain);
  return {plain: await bytesOf('plain'), dfq: await bytesOf('dfq')};
}

/** Progress of one of several quantizations. */
function part({onProgress}: Call, name: string, start: number, share: number) {
  return ({step, done, total}: dfq.Progress) =>
    onProgress({step: `${name}: ${step}`, done: start + (share * done) / total});
}

function replace(name: VersionName, model: GraphModel): void {
  versions.get(name)?.model.dispose();
  versions.set(name, {model, backend: 'int8'});
}

const bytesOf = (name: VersionName) => weightBytes(versionOf(name).model);

export const pictogramOperations = {loadPictograms, quantizePictograms};
