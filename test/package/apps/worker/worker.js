import * as tf from '@tensorflow/tfjs-core';
import {loadGraphModel} from '@tensorflow/tfjs-converter';
import * as dfq from 'tfjs-dfq';
import {sampleImage} from '../sample_image.js';

async function main(url) {
  const quantized = await dfq.quantize(await loadGraphModel(url));
  await tf.setBackend('int8');
  const output = Array.from(await quantized.predict(sampleImage(tf)).data());
  return {backend: tf.getBackend(), output, isolated: crossOriginIsolated};
}

globalThis.onmessage = ({data}) =>
  main(data).then(postMessage, error => postMessage({error: error.stack}));
