import path from 'node:path';
import {setThreads} from '../../node/backend.js';
import {useBackend, type Backend} from '../backends.js';
import {Classifier, type PreprocessOptions} from '../classifier.js';
import {agreement, type Evaluation, type Ranking, topK} from '../evaluation.js';
import {readImage} from '../images.js';
import {checkLabels, type Label, readLabels} from '../labels.js';
import {loadGraph} from '../models.js';
import {
  formatPercent,
  formatTable,
  type Progress,
  startProgress,
  type Terminal,
} from '../terminal.js';

export interface EvaluateOptions extends PreprocessOptions {
  images: string;
  labels: string;
  backend: Backend;
  labelOffset: number;
  batch: number;
  limit?: number;
  threads?: number;
  against?: string;
  json?: boolean;
}

interface Result {
  model: string;
  backend: Backend;
  rankings: Ranking[];
  msPerImage: number;
}

/** `dfq evaluate`: accuracy of a classifier on labelled images, and agreement with a second one. */
export async function evaluateCommand(
  location: string,
  options: EvaluateOptions,
  terminal: Terminal,
): Promise<void> {
  const samples = (await readLabels(options.labels))
    .slice(0, options.limit)
    .map(({file, label}) => ({file, label: label + options.labelOffset}));
  const progress = startProgress(terminal);
  try {
    const ours = await runModel(location, options.backend, samples, options, progress);
    const theirs = options.against
      ? await runModel(options.against, undefined, samples, options, progress)
      : undefined;
    progress.stop();
    print(samples, ours, theirs, options, terminal);
  } finally {
    progress.stop();
  }
}

/** Rankings of all samples. Without `backend`, int8 models run on int8 and float models on wasm. */
async function runModel(
  location: string,
  backend: Backend | undefined,
  samples: readonly Label[],
  options: EvaluateOptions,
  progress: Progress,
): Promise<Result> {
  await useBackend(backend ?? 'wasm');
  const {model, int8} = await loadGraph(location);
  const used = backend ?? (int8 ? 'int8' : 'wasm');
  await useBackend(used);
  if (options.threads !== undefined) await setThreads(options.threads);
  try {
    const classifier = new Classifier(model, options);
    const rankings: Ranking[] = [];
    for (let start = 0; start < samples.length; start += options.batch) {
      const batch = samples.slice(start, start + options.batch);
      rankings.push(...(await classifyFiles(classifier, batch, options.images, start === 0)));
      if (start === 0) checkLabels(samples, classifier.classes);
      progress.update(`images on ${used}`, rankings.length, samples.length);
    }
    return {
      model: location,
      backend: used,
      rankings,
      msPerImage: classifier.milliseconds / samples.length,
    };
  } finally {
    model.dispose();
  }
}

async function classifyFiles(
  classifier: Classifier,
  samples: readonly Label[],
  folder: string,
  warmUp: boolean,
): Promise<Ranking[]> {
  const images = await Promise.all(
    samples.map(async ({file}) => classifier.prepare(await readImage(path.join(folder, file)))),
  );
  if (warmUp) {
    await classifier.classify(images); // compiles kernels and packs weights
    classifier.milliseconds = 0;
  }
  return classifier.classify(images);
}

function print(
  samples: readonly Label[],
  ours: Result,
  theirs: Result | undefined,
  {json}: EvaluateOptions,
  {out}: Terminal,
): void {
  const labels = samples.map(({label}) => label);
  const score = (result: Result, other?: Result): Evaluation => ({
    top1: topK(result.rankings, labels, 1),
    top5: topK(result.rankings, labels, 5),
    agreement: other ? agreement(result.rankings, other.rankings) : null,
    images: labels.length,
    msPerImage: result.msPerImage,
  });
  if (json) {
    out.write(`${JSON.stringify(score(ours, theirs))}\n`);
    return;
  }
  const rows = [describe(ours, score(ours, theirs))];
  if (theirs) rows.push(describe(theirs, score(theirs)));
  const head = ['model', 'backend', 'top-1', 'top-5', 'agreement', 'images', 'ms/image'];
  out.write(`${formatTable(head, rows)}\n`);
}

function describe({model, backend}: Result, score: Evaluation): string[] {
  return [
    model,
    backend,
    formatPercent(score.top1),
    formatPercent(score.top5),
    formatPercent(score.agreement),
    String(score.images),
    score.msPerImage.toFixed(2),
  ];
}
