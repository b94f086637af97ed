import type {GraphModel} from '@tensorflow/tfjs-converter';
import {compare, type CompareOptions as LibraryOptions} from '../../node/index.js';
import {useBackend} from '../backends.js';
import {calibrationData} from '../calibration.js';
import {loadGraph} from '../models.js';
import {checkOutputFiles, type OutputFiles} from '../output_files.js';
import {type QuantizationOptions, toLibraryOptions} from '../quantization.js';
import {comparisonJson, comparisonPlot, comparisonText} from '../study/comparison.js';
import {modelName} from '../study/model_name.js';
import {writeStudy} from '../study/write_study.js';
import {startProgress, type Terminal} from '../terminal.js';

/** Inputs where nobody says how many: each has thousands of values a tensor. */
const USUAL_INPUTS = 4;

export interface CompareOptions extends QuantizationOptions, OutputFiles {
  images?: string;
  limit?: number;
  resize?: number;
  crop?: number;
  mean: readonly number[];
  std: readonly number[];
}

/** `dfq compare`: each int8 op against the float tensor that it stands for. */
export async function compareCommand(
  location: string,
  int8Location: string | undefined,
  options: CompareOptions,
  terminal: Terminal,
): Promise<void> {
  await checkOutputFiles(options);
  const progress = startProgress(terminal);
  const libraryOptions = toLibraryOptions(options, progress);
  await useBackend('wasm');
  const loaded: GraphModel[] = [];
  const load = async (from: string) => {
    const {model} = await loadGraph(from);
    loaded.push(model);
    return model;
  };
  try {
    const float = await load(location);
    const int8 = int8Location === undefined ? undefined : await load(int8Location);
    const inputs = await inputsOf(float, options);
    const comparison = await compare(float, {...libraryOptions, ...inputs, int8});
    progress.stop();
    await writeStudy(
      {
        table: comparisonText(comparison),
        json: comparisonJson(comparison),
        plot: document => comparisonPlot(modelName(location), comparison, document),
      },
      options,
      terminal,
    );
  } finally {
    progress.stop();
    for (const model of loaded) model.dispose();
  }
}

async function inputsOf(
  float: GraphModel,
  {images, limit = USUAL_INPUTS, ...options}: CompareOptions,
): Promise<Pick<LibraryOptions, 'data' | 'samples'>> {
  const data = await calibrationData(float, {
    ...options,
    calibrate: images,
    calibrationImages: limit,
  });
  return data ? {data} : {samples: limit};
}
