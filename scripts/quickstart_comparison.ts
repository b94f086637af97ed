import path from 'node:path';
import type {GraphModel} from '@tensorflow/tfjs-converter';
import {type Backend, useBackend} from '../cli/backends.js';
import {Classifier} from '../cli/classifier.js';
import {agreement, type Ranking, topK} from '../cli/evaluation.js';
import type {Image} from '../cli/images.js';
import {loadGraph} from '../cli/models.js';
import {
  formatBytes,
  formatTable,
  type Progress,
  startProgress,
  type Terminal,
} from '../cli/terminal.js';
import {generateImage, imageSize} from '../models/pictograms/generator.js';
import {quantize, type QuantizeOptions} from '../node/index.js';

/** Images of training and validation have seeds far below. */
const FIRST_SEED = 2_000_000_000;

/** How pixels of 0–255 enter the model. */
const SCALING = {mean: 127.5, std: 127.5};

/** Rounds weights and activations, and does nothing else for accuracy. */
const PLAIN: QuantizeOptions['passes'] = {
  'prune-constant-channels': false,
  'equalize-layers': false,
  'correct-bias': false,
};

export interface Row {
  readonly model: 'float' | 'plain INT8' | 'DFQ INT8';
  readonly backend: Backend;
  /** Percentages. */
  readonly accuracy: number;
  readonly agreement: number;
  /** Of the weights. */
  readonly bytes: number;
  /** Median over predictions of one image. */
  readonly milliseconds: number;
}

export interface Comparison {
  readonly rows: readonly Row[];
  readonly images: number;
  readonly layers: {readonly int8: number; readonly all: number};
  /** Where the DFQ model lies. */
  readonly saved: string;
}

export interface CompareOptions {
  /** Folder of the embedded model. */
  readonly model: string;
  /** Where the quantized models go. */
  readonly out: string;
  readonly images: number;
  readonly terminal: Terminal;
}

interface Sample {
  readonly image: Image;
  readonly label: number;
}

interface Run extends Pick<Row, 'model' | 'backend' | 'bytes' | 'milliseconds'> {
  readonly rankings: readonly Ranking[];
}

interface Int8Run extends Run {
  readonly layers: Comparison['layers'];
}

/** Quantizes the embedded model twice and measures it three times. */
export async function compare(options: CompareOptions): Promise<Comparison> {
  const {out, images} = options;
  const progress = startProgress(options.terminal);
  try {
    const samples = generateSamples(images, progress);
    await useBackend('wasm');
    const {model, weightBytes} = await loadGraph(options.model);
    try {
      const float = {
        ...(await measure('float', model, 'wasm', samples, progress)),
        bytes: weightBytes,
      };
      const int8 = (name: Row['model'], folder: string, passes: QuantizeOptions['passes']) =>
        measureInt8(name, model, passes, path.join(out, folder), samples, progress);
      const plain = await int8('plain INT8', 'plain-int8', PLAIN);
      const dfq = await int8('DFQ INT8', 'dfq-int8', {});
      return {
        rows: [float, plain, dfq].map(run => score(run, float, samples)),
        images,
        layers: dfq.layers,
        saved: path.join(out, 'dfq-int8'),
      };
    } finally {
      model.dispose();
    }
  } finally {
    progress.stop();
  }
}

function score({rankings, ...run}: Run, float: Run, samples: readonly Sample[]): Row {
  const labels = samples.map(({label}) => label);
  const {model, backend, bytes, milliseconds} = run;
  return {
    model,
    backend,
    accuracy: topK(rankings, labels, 1),
    agreement: agreement(rankings, float.rankings),
    bytes,
    milliseconds,
  };
}

function generateSamples(count: number, progress: Progress): Sample[] {
  return Array.from({length: count}, (_, i) => {
    const {label, pixels} = generateImage(FIRST_SEED + i);
    progress.update('images drawn', i + 1, count);
    return {label, image: {width: imageSize, height: imageSize, data: Float32Array.from(pixels)}};
  });
}

async function measureInt8(
  name: Row['model'],
  model: GraphModel,
  passes: QuantizeOptions['passes'],
  folder: string,
  samples: readonly Sample[],
  progress: Progress,
): Promise<Int8Run> {
  const quantized = await quantize(model, {
    passes,
    input: SCALING,
    onProgress: ({step, done, total}) => progress.update(step, done, total),
  });
  try {
    const {modelArtifactsInfo} = await quantized.save(`file://${folder}`);
    const {layers} = quantized.report;
    return {
      ...(await measure(name, quantized, 'int8', samples, progress)),
      bytes: modelArtifactsInfo.weightDataBytes ?? 0,
      layers: {
        int8: layers.filter(({decision}) => decision === 'int8').length,
        all: layers.length,
      },
    };
  } finally {
    quantized.dispose();
  }
}

/** One prediction an image, as an app makes them. */
async function measure(
  name: Row['model'],
  model: GraphModel,
  backend: Backend,
  samples: readonly Sample[],
  progress: Progress,
): Promise<Omit<Run, 'bytes'>> {
  await useBackend(backend);
  const classifier = new Classifier(model, {mean: [SCALING.mean], std: [SCALING.std]});
  await classifier.classify([samples[0].image]); // compiles kernels and packs weights
  const rankings: Ranking[] = [];
  const times: number[] = [];
  for (const {image} of samples) {
    const before = classifier.milliseconds;
    rankings.push(...(await classifier.classify([image])));
    times.push(classifier.milliseconds - before);
    progress.update(`${name} on ${backend}`, rankings.length, samples.length);
  }
  return {model: name, backend, rankings, milliseconds: median(times)};
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

/**
 * The comparison as text.
 *
 * @param place how to write the path of a folder
 */
export function describe(
  {rows, images, layers, saved}: Comparison,
  place: (folder: string) => string = folder => folder,
): string {
  const cells = rows.map(({model, backend, ...row}) => [
    model,
    backend,
    `${row.accuracy.toFixed(1)} %`,
    `${row.agreement.toFixed(1)} %`,
    formatBytes(row.bytes),
    row.milliseconds.toFixed(2),
  ]);
  const head = ['model', 'backend', 'accuracy', 'agreement', 'weights', 'ms/image'];
  return [
    formatTable(head, cells),
    '',
    `${images} images that the model was not trained on; agreement: the same class as float`,
    'plain INT8 rounds weights and activations; DFQ INT8 prunes, equalizes and corrects biases too',
    `${layers.int8} of ${layers.all} layers are int8, one scale a tensor, no data used`,
    `saved in ${place(saved)}`,
  ].join('\n');
}
