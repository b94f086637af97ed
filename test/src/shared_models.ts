/** Models that others made, in ../shared/models; tests that use them are skipped where it is absent. */
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {type GraphModel, loadGraphModel} from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import {randomTensor} from './fixtures.js';

const FOLDER = path.resolve(__dirname, '../../../shared/models');

interface ModelJson extends tf.io.ModelJSON {
  readonly format?: string;
}

function jsonOf(name: string): ModelJson {
  return JSON.parse(readFileSync(path.join(FOLDER, name, 'model.json'), 'utf8')) as ModelJson;
}

/** Small ones of many kinds, which take seconds; DFQ_ALL_MODELS=1 tests the others too. */
const QUICK = [
  'blazeface', // residual sums, several outputs
  'crepe_pitch', // of sound
  'darknet_tiny', // leaky ReLU
  'doodlenet',
  'emotion',
  'mobilenet_v2_cifar', // inverted residuals
  'resnet18_cifar',
  'resnet18_cifar_scrambled',
  'selfie', // hard swish, squeeze-excite, resizes
];

const isWanted = (name: string) => Boolean(process.env.DFQ_ALL_MODELS) || QUICK.includes(name);

/** GraphModels among the models that others made; none where the folder is absent. */
export const names = existsSync(FOLDER)
  ? readdirSync(FOLDER).filter(name => isWanted(name) && 'node' in jsonOf(name).modelTopology)
  : [];

export async function load(name: string): Promise<GraphModel> {
  const {weightsManifest, ...json} = jsonOf(name);
  const files = weightsManifest.flatMap(group => group.paths);
  const bytes = Buffer.concat(files.map(file => readFileSync(path.join(FOLDER, name, file))));
  const weightSpecs = weightsManifest.flatMap(group => group.weights);
  const weightData = new Uint8Array(bytes).buffer;
  return loadGraphModel(tf.io.fromMemory({...json, weightSpecs, weightData}));
}

/** What the model may be fed: one sample, 64 pixels where the size is open. */
export function inputsOf(model: GraphModel): tf.NamedTensorMap {
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

/** Only models with control flow or outputs of unknown size need the slower way, and say so. */
export async function run(model: GraphModel, inputs: tf.NamedTensorMap): Promise<tf.Tensor[]> {
  try {
    return [model.execute(inputs)].flat();
  } catch {
    return [await model.executeAsync(inputs)].flat();
  }
}
