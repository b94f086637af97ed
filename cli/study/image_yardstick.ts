import type {GraphModel} from '@tensorflow/tfjs-converter';
import {decibels} from '../../src/quant/decibels.js';
import {useBackend} from '../backends.js';
import {Classifier, type PreprocessOptions} from '../classifier.js';
import {agreement, rank, topK} from '../evaluation.js';
import {type Image, readImage} from '../images.js';
import type {Sample} from '../image_set.js';
import {checkLabels} from '../labels.js';
import type {Progress} from '../terminal.js';
import type {Measurement, Yardstick} from './measurement.js';

/** Decoded, scaled and cut; one byte a value, because all images stay in memory. */
type Picture = Omit<Image, 'data'> & {data: Uint8ClampedArray};

/** Scores of each class for each image. */
type Scores = readonly Float32Array[];

/**
 * Measures a classifier on image files, which are decoded once.
 *
 * @param model the float model
 * @throws Error for a model that is no image classifier, an image that can't be read, a label out of bounds
 */
export async function imageYardstick(
  model: GraphModel,
  samples: readonly Sample[],
  options: PreprocessOptions & {batch: number},
  progress: Progress,
): Promise<Yardstick> {
  await useBackend('wasm');
  const classifier = new Classifier(model, options);
  const pictures: Picture[] = [];
  for (const {file} of samples) {
    const {data, ...size} = classifier.prepare(await readImage(file));
    pictures.push({...size, data: Uint8ClampedArray.from(data)});
    progress.update('decoding', pictures.length, samples.length);
  }
  const run = (candidate: Classifier, onStep: (done: number) => void) =>
    scoresOf(candidate, pictures, options.batch, onStep);
  const float = await run(classifier, done => progress.update('float', done, samples.length));
  const labels = samples.flatMap(({label}) => label ?? []);
  if (labels.length > 0)
    checkLabels(
      samples.map(({file, label = 0}) => ({file, label})),
      classifier.classes,
    );
  return {
    inputs: `${samples.length} images`,
    steps: samples.length,
    float: compare(float, float, labels),
    async measure(candidate, backend, onStep) {
      await useBackend(backend);
      return compare(await run(new Classifier(candidate, options), onStep), float, labels);
    },
  };
}

async function scoresOf(
  classifier: Classifier,
  pictures: readonly Picture[],
  batch: number,
  onStep: (done: number) => void,
): Promise<Float32Array[]> {
  const all: Float32Array[] = [];
  for (let start = 0; start < pictures.length; start += batch) {
    const images = pictures
      .slice(start, start + batch)
      .map(({data, ...size}): Image => ({...size, data: Float32Array.from(data)}));
    all.push(...(await classifier.scores(images)));
    onStep(all.length);
  }
  return all;
}

function compare(ours: Scores, float: Scores, labels: readonly number[]): Measurement {
  const rankings = ours.map(scores => rank(scores, 1));
  return {
    top1: labels.length > 0 ? topK(rankings, labels, 1) : null,
    agreement: agreement(
      rankings,
      float.map(scores => rank(scores, 1)),
    ),
    sqnr: sqnrOf(ours, float),
  };
}

function sqnrOf(ours: Scores, float: Scores): number {
  let signal = 0;
  let noise = 0;
  float.forEach((scores, image) => {
    scores.forEach((expected, i) => {
      signal += expected * expected;
      noise += (ours[image][i] - expected) ** 2;
    });
  });
  return decibels(signal, noise);
}
