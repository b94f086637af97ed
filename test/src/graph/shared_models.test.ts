import '@tensorflow/tfjs-backend-cpu';
import {createHash} from 'node:crypto';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {type GraphModel, loadGraphModel} from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import '../../../backend/index.js';
import {exportArtifacts, exportModel} from '../../../src/graph/export_model.js';
import {importModel} from '../../../src/graph/import_model.js';
import {parse} from '../../../src/graph/parse.js';
import {print} from '../../../src/graph/print.js';
import {randomTensor} from '../fixtures.js';

const FOLDER = path.resolve(__dirname, '../../../../shared/models');

interface ModelJson extends tf.io.ModelJSON {
  readonly format?: string;
}

function jsonOf(name: string): ModelJson {
  return JSON.parse(readFileSync(path.join(FOLDER, name, 'model.json'), 'utf8')) as ModelJson;
}

/** GraphModels among the models that others made; none where the folder is absent. */
const names = existsSync(FOLDER)
  ? readdirSync(FOLDER).filter(name => 'node' in jsonOf(name).modelTopology)
  : [];

async function load(name: string): Promise<GraphModel> {
  const {weightsManifest, ...json} = jsonOf(name);
  const files = weightsManifest.flatMap(group => group.paths);
  const bytes = Buffer.concat(files.map(file => readFileSync(path.join(FOLDER, name, file))));
  const weightSpecs = weightsManifest.flatMap(group => group.weights);
  const weightData = new Uint8Array(bytes).buffer;
  return loadGraphModel(tf.io.fromMemory({...json, weightSpecs, weightData}));
}

/** What the model may be fed: one sample, 64 pixels where the size is open. */
function inputsOf(model: GraphModel): tf.NamedTensorMap {
  const recurrent: tf.NamedTensorMap = {};
  for (const {name, shape = [], dtype} of model.inputs) {
    const key = name.split(':')[0];
    if (/^r\di$/.test(key)) recurrent[key] = tf.zeros([1, 1, 1, 1]);
    else if (key === 'downsample_ratio') recurrent[key] = tf.scalar(0.5);
    else {
      const sizes = shape.map((size, axis) => (size > 0 ? size : axis === 0 ? 1 : 64));
      recurrent[key] = tf.tidy(() => randomTensor(sizes, 5, 0, 1).cast(dtype));
    }
  }
  return recurrent;
}

/** Digests of the bytes of all outputs. */
async function outputsOf(model: GraphModel): Promise<string[]> {
  const inputs = inputsOf(model);
  const outputs = await run(model, inputs);
  const digests = outputs.map(output => {
    const {buffer, byteOffset, byteLength} = output.dataSync();
    return createHash('sha1')
      .update(new Uint8Array(buffer, byteOffset, byteLength))
      .digest('hex');
  });
  tf.dispose([inputs, outputs]);
  return digests;
}

/** Only models with control flow or outputs of unknown size need the slower way, and say so. */
async function run(model: GraphModel, inputs: tf.NamedTensorMap): Promise<tf.Tensor[]> {
  try {
    return [model.execute(inputs)].flat();
  } catch {
    return [await model.executeAsync(inputs)].flat();
  }
}

(names.length > 0 ? describe : describe.skip)(
  'models of ../shared (skipped where it is absent)',
  () => {
    beforeAll(async () => {
      await tf.setBackend('int8');
      await tf.setBackend('wasm');
    });

    for (const name of names) {
      it(`${name}: import and export keep its outputs and its bytes`, async () => {
        const model = await load(name);
        const graph = await importModel(model);
        const copy = await exportModel(graph);
        expect(await outputsOf(copy)).toEqual(await outputsOf(model));
        const specs = (exportArtifacts(graph).weightSpecs ?? []).reduce(
          (sum, spec) => sum + (spec.quantization === undefined ? 0 : 1),
          0,
        );
        const {artifacts} = model as unknown as {artifacts: tf.io.ModelArtifacts};
        const bytes = (artifacts.weightData as ArrayBuffer).byteLength;
        const encoded = (artifacts.weightSpecs ?? []).filter(spec => spec.quantization);
        expect(specs).toBe(encoded.length);
        expect((exportArtifacts(graph).weightData as ArrayBuffer).byteLength).toBe(bytes);
        copy.dispose();
        model.dispose();
      });
    }

    it('print, the text of their structure, is read again', async () => {
      const model = await load('mobilenet_v2_cifar');
      const text = print(await importModel(model)).replace(/(f32|i32)<[\dx]*>/g, 'f32<0: >');
      expect(print(parse(text))).toBe(text);
      model.dispose();
    });
  },
);
