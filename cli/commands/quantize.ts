import {quantize, type QuantizeOptions as LibraryOptions} from '../../node/index.js';
import {readFile} from 'node:fs/promises';
import type {GraphModel} from '@tensorflow/tfjs-converter';
import {useBackend} from '../backends.js';
import {calibrationData, type CalibrationOptions} from '../calibration.js';
import {loadGraph} from '../models.js';
import {type QuantizationOptions, toLibraryOptions} from '../quantization.js';
import {checkReportFile, titleOf, writeReport} from '../report_file.js';
import {saveGraph} from '../save.js';
import {startProgress, type Terminal} from '../terminal.js';

export interface QuantizeOptions extends QuantizationOptions, CalibrationOptions {
  sidecar?: string;
  out: string;
  report?: string;
}

/** `dfq quantize`: a float model in, an INT8 model out. */
export async function quantizeCommand(
  location: string,
  options: QuantizeOptions,
  terminal: Terminal,
): Promise<void> {
  if (options.report !== undefined) checkReportFile(options.report);
  const progress = startProgress(terminal);
  const libraryOptions = toLibraryOptions(options, progress);
  await useBackend('wasm');
  const {model, weightBytes} = await loadGraph(location);
  try {
    const quantized = await quantize(model, {
      ...libraryOptions,
      ...(await sourcesOf(model, options)),
    });
    progress.stop();
    try {
      const saved = await saveGraph(quantized, options.out, weightBytes);
      if (options.report !== undefined)
        await writeReport(options.report, quantized.report, titleOf(location));
      terminal.out.write(`${quantized.report.toString().trimEnd()}\n\n${saved}\n`);
    } finally {
      quantized.dispose();
    }
  } finally {
    progress.stop();
    model.dispose();
  }
}

/** What the user has of statistics. */
async function sourcesOf(model: GraphModel, options: QuantizeOptions) {
  const {mean = [127.5], std = [127.5]} = options;
  const calibration = await calibrationData(model, {...options, mean, std});
  const sidecar = options.sidecar === undefined ? undefined : await readSidecar(options.sidecar);
  return {calibration, sidecar};
}

/** JSON; what it says is for the library to check. */
async function readSidecar(file: string): Promise<LibraryOptions['sidecar']> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new Error(`cannot read the sidecar '${file}': ${error.message}`);
  });
  try {
    return JSON.parse(text) as LibraryOptions['sidecar'];
  } catch {
    throw new Error(`the sidecar '${file}' is not JSON`);
  }
}
