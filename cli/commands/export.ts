import {writeFile} from 'node:fs/promises';
import {type OnnxOptions, toOnnx} from '../../node/index.js';
import {useBackend} from '../backends.js';
import {loadGraph} from '../models.js';
import {formatBytes, type Terminal} from '../terminal.js';

export interface ExportOptions {
  out: string;
  activations: OnnxOptions['activations'];
}

/** `dfq export`: a model as an ONNX file. */
export async function exportCommand(
  location: string,
  {out: file, activations}: ExportOptions,
  {out}: Terminal,
): Promise<void> {
  if (!file.endsWith('.onnx')) throw new Error(`--out '${file}' must be an .onnx file`);
  await useBackend('wasm');
  const {model} = await loadGraph(location);
  try {
    const bytes = await toOnnx(model, {activations});
    await writeFile(file, bytes).catch((error: Error) => {
      throw new Error(`cannot write '${file}': ${error.message}`);
    });
    out.write(`saved in ${file}: ${formatBytes(bytes.length)}\n`);
  } finally {
    model.dispose();
  }
}
