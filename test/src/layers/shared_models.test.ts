import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {toGraphModel} from '../../../src/index.js';
import {randomSource} from '../../../src/statistics/random.js';
import {list, relativeError} from './agreement.js';

const FOLDER = path.resolve(__dirname, '../../../../shared/models');

function artifactsOf(name: string): tf.io.ModelArtifacts {
  const json = readFileSync(path.join(FOLDER, name, 'model.json'), 'utf8');
  const {modelTopology, weightsManifest} = JSON.parse(json) as tf.io.ModelJSON;
  const files = weightsManifest.flatMap(group => group.paths);
  const bytes = Buffer.concat(files.map(file => readFileSync(path.join(FOLDER, name, file))));
  const weightSpecs = weightsManifest.flatMap(group => group.weights);
  return {modelTopology, weightSpecs, weightData: new Uint8Array(bytes).buffer};
}

/** A one-hot character for each step: other inputs drive an LSTM where it amplifies rounding errors. */
function characters(steps: number, size: number): tf.Tensor {
  const random = randomSource(5);
  const ids = Array.from({length: steps}, () => Math.floor(size * random()));
  return tf.tidy(() =>
    tf.expandDims(tf.cast(tf.oneHot(tf.tensor1d(ids, 'int32'), size), 'float32')),
  );
}

function noise(...shape: number[]): tf.Tensor {
  return tf.randomUniform(shape, -1, 1, 'float32', 7);
}

const MODELS: [name: string, input: () => tf.Tensor][] = [
  ['mobilenet_v1_075_224_layers', () => noise(1, 224, 224, 3)],
  ['crepe_pitch_layers', () => noise(2, 1024)],
  ['lstm_chargen_layers', () => characters(40, 57)],
];

const present = existsSync(FOLDER);
(present ? describe : describe.skip)(
  `models of ../shared/models${present ? '' : ' (skipped: the folder is absent)'}`,
  () => {
    it.each(MODELS)('%s computes the same traced', async (name, input) => {
      await tf.setBackend('int8');
      await tf.setBackend('wasm');
      const artifacts = artifactsOf(name);
      const model = await tfl.loadLayersModel({load: () => Promise.resolve(artifacts)});
      const traced = await toGraphModel(artifacts);
      const x = input();
      const expected = list(model.predict(x));
      expect(relativeError(list(traced.predict(x) as tf.Tensor), expected)).toBeLessThan(1e-5);
      traced.dispose();
      model.dispose();
    });
  },
);
