// An app that quantizes a model and runs it.
import * as tf from '@tensorflow/tfjs-core';
import {loadGraphModel} from '@tensorflow/tfjs-converter';
import * as dfq from 'tfjs-dfq';
import {sampleImage} from '../sample_image.js';

async function main() {
  const quantized = await dfq.quantize(await loadGraphModel('/models/float/model.json'));
  await tf.setBackend('int8');
  const output = Array.from(await quantized.predict(sampleImage(tf)).data());
  return {backend: tf.getBackend(), output, isolated: crossOriginIsolated};
}

globalThis.result = main();
