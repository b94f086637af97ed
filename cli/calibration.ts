import path from 'node:path';
import type {GraphModel} from '@tensorflow/tfjs-converter';
import {dispose, type Tensor} from '@tensorflow/tfjs-core';
import {Classifier, type PreprocessOptions} from './classifier.js';
import {imageFiles} from './image_set.js';
import {readImage} from './images.js';

/** Images taken where nobody says how many: ranges have settled by then. */
const USUAL_IMAGES = 64;

export interface CalibrationOptions {
  calibrate?: string;
  calibrationImages?: number;
  resize?: number;
  crop?: number;
}

/**
 * Images of a folder, evenly spread over its files in the order of their names, one tensor each; nothing
 * without --calibrate. Every walk reads them anew.
 *
 * @throws Error that names the folder
 */
export async function calibrationData(
  model: GraphModel,
  options: CalibrationOptions & Pick<PreprocessOptions, 'mean' | 'std'>,
): Promise<AsyncIterable<Tensor> | undefined> {
  const {calibrate: folder, calibrationImages = USUAL_IMAGES} = options;
  if (folder === undefined) return undefined;
  const files = spread(await imageFiles(folder), calibrationImages).map(name =>
    path.join(folder, name),
  );
  const classifier = new Classifier(model, options);
  return {
    async *[Symbol.asyncIterator]() {
      for (const file of files) {
        const image = classifier.tensorOf([classifier.prepare(await readImage(file))]);
        yield image;
        dispose(image);
      }
    },
  };
}

function spread<T>(items: readonly T[], count: number): T[] {
  const some = Math.min(count, items.length);
  return Array.from({length: some}, (_, i) => items[Math.floor((i * items.length) / some)]);
}
