/**
 * Writes what the batch norms of a model tell as JSON, for the `sidecar` option and `dfq quantize --sidecar`:
 *
 *     npx tsx scripts/sidecar.ts MODEL sidecar.json
 *
 * MODEL is a Keras file (.h5), or a tfjs LayersModel, or a GraphModel that still has its batch norms. For
 * other files there is scripts/sidecar.py, which needs TensorFlow.
 */
import {writeFile} from 'node:fs/promises';
import {pathToFileURL} from 'node:url';
import {useBackend} from '../cli/backends.js';
import {loadGraph} from '../cli/models.js';
import {sidecar, toGraphModel} from '../node/index.js';
import {readKerasFile} from './keras_file.js';

/** @throws Error that names the file */
export async function writeSidecar(model: string, out: string): Promise<number> {
  await useBackend('wasm');
  const loaded = /\.(h5|hdf5)$/.test(model)
    ? await toGraphModel(await readKerasFile(model))
    : (await loadGraph(model)).model;
  try {
    const made = await sidecar(loaded);
    await writeFile(out, `${JSON.stringify(made)}\n`);
    return Object.keys(made.layers).length;
  } finally {
    loaded.dispose();
  }
}

/** Whether this file is what Node was told to run. */
const isMain = import.meta.url === pathToFileURL(process.argv[1] ?? '').href;

if (isMain) {
  const [model, out] = process.argv.slice(2);
  if (model === undefined || out === undefined) {
    process.stderr.write('usage: npx tsx scripts/sidecar.ts MODEL sidecar.json\n');
    process.exitCode = 1;
  } else {
    const count = await writeSidecar(model, out);
    process.stdout.write(`${count} layers in ${out}\n`);
  }
}
