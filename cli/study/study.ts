import type {GraphModel} from '@tensorflow/tfjs-converter';
import type {QuantizeOptions} from '../../node/index.js';
import {useBackend} from '../backends.js';
import type {PreprocessOptions} from '../classifier.js';
import {listSamples} from '../image_set.js';
import {loadGraph} from '../models.js';
import {checkOutputFiles, type OutputFiles} from '../output_files.js';
import {type QuantizationOptions, toLibraryOptions} from '../quantization.js';
import {type Progress, startProgress, type Terminal} from '../terminal.js';
import {makeCandidate, type Widths} from './candidate.js';
import {imageYardstick} from './image_yardstick.js';
import type {Measurement, Yardstick} from './measurement.js';
import {probeYardstick} from './probe_yardstick.js';

/** What `dfq sweep` and `dfq ablate` share. */
export interface StudyOptions
  extends Omit<QuantizationOptions, 'mean' | 'std'>, PreprocessOptions, OutputFiles {
  /** Without images the model is measured on generated inputs. */
  images?: string;
  labels?: string;
  labelOffset: number;
  limit?: number;
  batch: number;
}

/** One float model, quantized in many ways and measured in one. */
export interface Study {
  readonly yardstick: Yardstick;
  /** As given on the command line. */
  readonly quantization: QuantizeOptions;
  /** Quantizes, measures and disposes. */
  measure(step: string, widths: Widths, passes: QuantizeOptions['passes']): Promise<Measurement>;
}

/**
 * Runs a study with the float model loaded and a progress bar.
 *
 * @param count how many measurements it will make
 */
export async function runStudy<T>(
  location: string,
  options: StudyOptions,
  count: number,
  terminal: Terminal,
  work: (study: Study) => Promise<T>,
): Promise<T> {
  if (options.labels !== undefined && options.images === undefined)
    throw new Error('--labels needs --images too');
  await checkOutputFiles(options);
  const progress = startProgress(terminal);
  try {
    const {onProgress: _, ...quantization} = toLibraryOptions(options, progress);
    await useBackend('wasm');
    const {model} = await loadGraph(location);
    try {
      const yardstick = await makeYardstick(model, options, quantization.input, progress);
      const measure = measurer(model, yardstick, quantization, count, progress);
      return await work({yardstick, quantization, measure});
    } finally {
      model.dispose();
    }
  } finally {
    progress.stop();
  }
}

async function makeYardstick(
  model: GraphModel,
  options: StudyOptions,
  scaling: QuantizeOptions['input'],
  progress: Progress,
): Promise<Yardstick> {
  const {images, limit} = options;
  if (images === undefined) {
    progress.update('float', 0, 1);
    return probeYardstick(model, scaling, limit);
  }
  const samples = await listSamples({...options, images});
  return imageYardstick(model, samples, options, progress);
}

function measurer(
  float: GraphModel,
  yardstick: Yardstick,
  quantization: QuantizeOptions,
  count: number,
  progress: Progress,
): Study['measure'] {
  const total = count * yardstick.steps;
  let before = 0;
  return async (step, widths, passes) => {
    progress.update(step, before, total);
    const {model, backend} = await makeCandidate(float, widths, {
      ...quantization,
      passes: {...passes, ...quantization.passes},
    });
    try {
      return await yardstick.measure(model, backend, done =>
        progress.update(step, before + done, total),
      );
    } finally {
      model.dispose();
      before += yardstick.steps;
    }
  };
}
