// An app that runs a model which is quantized already.
import * as tf from '@tensorflow/tfjs-core';
import {loadGraphModel} from '@tensorflow/tfjs-converter';
import 'tfjs-dfq/backend';
import {sampleImage} from '../sample_image.js';

async function main() {
  await tf.ready();
  const initially = tf.getBackend();
  await tf.setBackend('int8');
  const model = await loadGraphModel('/models/int8/model.json');
  const output = Array.from(await model.predict(sampleImage(tf)).data());
  return {initially, backend: tf.getBackend(), output, isolated: crossOriginIsolated};
}

globalThis.result = main();
