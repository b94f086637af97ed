import {type GraphModel, loadGraphModel} from '@tensorflow/tfjs-converter';
import {dispose, type Tensor, tensor4d} from '@tensorflow/tfjs-core';
import {generateImage, imageSize} from '../../models/pictograms/generator.js';
import modelUrl from '../../models/pictograms/model.json?url';
import weightsUrl from '../../models/pictograms/weights.bin?url';
import * as dfq from '../../src/index.js';
import type {Call, Progress} from '../common/rpc.js';
import {type Backend, useBackend} from './backend.js';
import type {Pixels} from './images.js';
import {weightBytes} from './model_bytes.js';

/** The three forms of the embedded model. */
export type VersionName = 'float' | 'plain' | 'dfq';
export const VERSION_NAMES: readonly VersionName[] = ['float', 'plain', 'dfq'];

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
const SCALING = {mean: 127.5, std: 127.5};

interface Version {
  readonly model: GraphModel;
  readonly backend: Backend;
}

const versions = new Map<VersionName, Version>();

/** Loads the float model, where it is not yet; tells the bytes of its weights. */
async function loadPictograms(): Promise<{bytes: number}> {
  const float = versions.get('float')?.model ?? (await loadFloat());
  return {bytes: await weightBytes(float)};
}

async function loadFloat(): Promise<GraphModel> {
  await useBackend('wasm');
  const model = await loadGraphModel(modelUrl, {weightUrlConverter: async () => weightsUrl});
  versions.set('float', {model, backend: 'wasm'});
  return model;
}

/** How long each version takes to make, about, as shares of the whole. */
const SHARES = {plain: 0.4, dfq: 0.6};

/**
 * Quantizes the float model plainly and by DFQ. Both versions are replaced when both are done: who cancels
 * keeps those he had.
 *
 * @returns the bytes of their weights
 */
async function quantizePictograms(bits: Bits, call: Call): Promise<{plain: number; dfq: number}> {
  const float = versions.get('float')?.model ?? (await loadFloat());
  const options = {...bits, input: SCALING, signal: call.signal};
  const plain = await dfq.quantize(float, {
    ...options,
    passes: PLAIN,
    onProgress: within(call, 'Plain INT8', 0, SHARES.plain),
  });
  try {
    const data = await dfq.quantize(float, {
      ...options,
      onProgress: within(call, 'DFQ INT8', SHARES.plain, SHARES.dfq),
    });
    call.signal.throwIfAborted();
    replace('plain', plain);
    replace('dfq', data);
  } catch (error) {
    plain.dispose();
    throw error;
  }
  return {plain: await bytesOf('plain'), dfq: await bytesOf('dfq')};
}

function within({onProgress}: Call, name: string, start: number, share: number) {
  return ({step, done, total}: dfq.Progress) => {
    const progress: Progress = {step: `${name}: ${step}`, done: start + (share * done) / total};
    onProgress(progress);
  };
}

function replace(name: VersionName, model: GraphModel): void {
  versions.get(name)?.model.dispose();
  versions.set(name, {model, backend: 'int8'});
}

function versionOf(name: VersionName): Version {
  const version = versions.get(name);
  if (version === undefined) throw new Error(`the model '${name}' is not there yet`);
  return version;
}

const bytesOf = (name: VersionName) => weightBytes(versionOf(name).model);

/** What one version makes of one image. */
export interface Prediction {
  readonly logits: Float32Array;
  /** Median over the runs. */
  readonly milliseconds: number;
}
export type Predictions = Readonly<Record<VersionName, Prediction>>;

export interface PredictRequest {
  readonly pixels: Uint8Array;
  /** How often each version runs, for the median of its times. */
  readonly runs: number;
}

async function predict({pixels, runs}: PredictRequest): Promise<Predictions> {
  const [float, plain, data] = [
    await predictWith('float', pixels, runs),
    await predictWith('plain', pixels, runs),
    await predictWith('dfq', pixels, runs),
  ];
  return {float, plain, dfq: data};
}

async function predictWith(
  name: VersionName,
  pixels: Uint8Array,
  runs: number,
): Promise<Prediction> {
  const {model, backend} = versionOf(name);
  await useBackend(backend);
  const x = tensor4d(normalized(pixels), [1, imageSize, imageSize, 3]);
  const times: number[] = [];
  let logits = new Float32Array();
  try {
    for (let run = 0; run < runs; run++) {
      const start = performance.now();
      const y = model.predict(x) as Tensor;
      logits = Float32Array.from(await y.data());
      times.push(performance.now() - start);
      dispose(y);
    }
  } finally {
    dispose(x);
  }
  times.sort((a, b) => a - b);
  return {logits, milliseconds: times[times.length >> 1]};
}

function normalized(pixels: Uint8Array): Float32Array {
  return Float32Array.from(pixels, v => (v - SCALING.mean) / SCALING.std);
}

export interface Sample {
  readonly label: number;
  readonly pixels: Pixels;
}

export interface SampleRequest {
  readonly firstSeed: number;
  readonly count: number;
}

/** Draws labelled images: a seed each, the same everywhere. */
async function drawSamples({firstSeed, count}: SampleRequest): Promise<Sample[]> {
  return Array.from({length: count}, (_, i) => {
    const {label, pixels} = generateImage(firstSeed + i);
    return {label, pixels: {width: imageSize, height: imageSize, data: pixels}};
  });
}

/** One image of a stream: its label, and what each version takes it for. */
export interface Judged {
  readonly label: number;
  readonly predictions: Predictions;
}

/** Draws images and classifies each with every version. */
async function judge(request: SampleRequest): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (const {label, pixels} of await drawSamples(request)) {
    judged.push({label, predictions: await predict({pixels: pixels.data, runs: 1})});
  }
  return judged;
}

export const pictogramOperations = {
  loadPictograms,
  quantizePictograms,
  predict,
  drawSamples,
  judge,
};
