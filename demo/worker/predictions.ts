import {dispose, type Tensor, tensor4d} from '@tensorflow/tfjs-core';
import {generateImage, imageSize} from '../../models/pictograms/generator.js';
import {useBackend} from './backend.js';
import type {Pixels} from './images.js';
import {SCALING, type VersionName, versionOf} from './pictograms.js';

/** What one version makes of one image. */
export interface Prediction {
  /** A score for each class, before softmax. */
  readonly logits: Float32Array;
  /** Median over the runs. */
  readonly milliseconds: number;
}
export type Predictions = Readonly<Record<VersionName, Prediction>>;

export interface PredictRequest {
  /** RGB of an image of the model's size. */
  readonly pixels: Uint8Array;
  /** How often each version runs, for the median of its times. */
  readonly runs: number;
}

/** Classifies an image with each version. */
async function predict({pixels, runs}: PredictRequest): Promise<Predictions> {
  return {
    float: await predictWith('float', pixels, runs),
    plain: await predictWith('plain', pixels, runs),
    dfq: await predictWith('dfq', pixels, runs),
  };
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

/** A generated image and its class. */
export interface Sample {
  readonly label: number;
  readonly pixels: Pixels;
}

export interface SampleRequest {
  readonly firstSeed: number;
  readonly count: number;
}

/** Draws labelled images, a seed each. */
async function drawSamples({firstSeed, count}: SampleRequest): Promise<Sample[]> {
  return Array.from({length: count}, (_, i) => draw(firstSeed + i));
}

function draw(seed: number): Sample {
  const {label, pixels} = generateImage(seed);
  return {label, pixels: {width: imageSize, height: imageSize, data: pixels}};
}

/** One image of a stream: its class, and what each version makes of it. */
export interface Judged {
  readonly label: number;
  readonly predictions: Predictions;
}

/** Each version finds the caches full of another's weights: the median leaves out its first run. */
const STREAM_RUNS = 3;

/** Draws images and classifies each with every version. */
async function judge({firstSeed, count}: SampleRequest): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (let i = 0; i < count; i++) {
    const {label, pixels} = draw(firstSeed + i);
    judged.push({label, predictions: await predict({pixels: pixels.data, runs: STREAM_RUNS})});
  }
  return judged;
}

export const predictionOperations = {predict, drawSamples, judge};
