import {quantize} from '../../node/index.js';
import {useBackend} from '../backends.js';
import {loadGraph} from '../models.js';
import {type QuantizationOptions, toLibraryOptions} from '../quantization.js';
import {checkReportFile, titleOf, writeReport} from '../report_file.js';
import {saveGraph} from '../save.js';
import {startProgress, type Terminal} from '../terminal.js';

export interface QuantizeOptions extends QuantizationOptions {
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
    const quantized = await quantize(model, libraryOptions);
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
