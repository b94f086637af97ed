import {io} from '@tensorflow/tfjs-core';
import {type Zippable, zipSync} from 'fflate';
import {encodeFiles, gatherWeights} from '../../../node/model_files.js';
import {toOnnx} from '../../../src/index.js';
import {inWords} from './words.js';
import {neededInt8} from './workbench.js';

/** A file to be taken home. */
export interface SavedFile {
  readonly name: string;
  readonly blob: Blob;
}

const REMEDY = 'Try again; or keep the model in this browser instead.';

/** The quantized model in one zip: model.json, its weight files, and the report as page and as JSON. */
async function zipModel(): Promise<SavedFile> {
  const {name, model, report} = neededInt8();
  return inWords(async () => {
    const files: Zippable = {};
    const encoder = new TextEncoder();
    for (const [file, contents] of await filesOf(model)) {
      files[file] = typeof contents === 'string' ? encoder.encode(contents) : contents;
    }
    const {reportPage, plotDocument} = await import('./drawing.js');
    const page = reportPage(report, {document: plotDocument(), title: name});
    files['report.html'] = encoder.encode(page);
    files['report.json'] = encoder.encode(`${JSON.stringify(report, null, 2)}\n`);
    const zip = zipSync(files, {mtime: EPOCH});
    return {name: `${name}.zip`, blob: new Blob([zip], {type: 'application/zip'})};
  }, REMEDY);
}

/** The quantized model for other runtimes: ONNX, with QuantizeLinear and DequantizeLinear. */
async function onnxModel(): Promise<SavedFile> {
  const {name, model} = neededInt8();
  return inWords(async () => {
    const bytes = new Uint8Array(await toOnnx(model));
    return {name: `${name}.onnx`, blob: new Blob([bytes], {type: 'application/octet-stream'})};
  }, 'Save it as zip: what ONNX has no operation for runs in TensorFlow.js all the same.');
}

/** The same model gives the same file. */
const EPOCH = new Date(1980, 0, 1);

async function filesOf(model: ReturnType<typeof neededInt8>['model']) {
  const files: Array<ReturnType<typeof encodeFiles>> = [];
  await model.save(
    io.withSaveHandler(async artifacts => {
      files.push(encodeFiles(artifacts, await gatherWeights(artifacts)));
      return {modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts)};
    }),
  );
  return files[0];
}

export const savingOperations = {zipModel, onnxModel};
