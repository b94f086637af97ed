import {inspect} from '../../node/index.js';
import {useBackend} from '../backends.js';
import {formatInspection} from '../inspection.js';
import {loadGraph} from '../models.js';
import {type QuantizationOptions, toLibraryOptions} from '../quantization.js';
import {startProgress, type Terminal} from '../terminal.js';

export interface InspectOptions extends QuantizationOptions {
  json?: boolean;
}

/** `dfq inspect`: what a model is made of, and what quantize would do with it. */
export async function inspectCommand(
  location: string,
  options: InspectOptions,
  terminal: Terminal,
): Promise<void> {
  const progress = startProgress(terminal);
  const libraryOptions = toLibraryOptions(options, progress);
  await useBackend('wasm');
  const {model} = await loadGraph(location);
  try {
    const inspection = await inspect(model, libraryOptions);
    progress.stop();
    const text = options.json ? JSON.stringify(inspection, null, 2) : formatInspection(inspection);
    terminal.out.write(`${text}\n`);
  } finally {
    progress.stop();
    model.dispose();
  }
}
