// In a page: the float model quantized here, and the one that Node quantized, both on int8.
import * as tf from '@tensorflow/tfjs-core';
import {loadGraphModel} from '@tensorflow/tfjs-converter';
import * as dfq from 'tfjs-dfq';
import {sampleInput} from './sample_input.mjs';

async function outputs(model) {
  const y = model.predict(sampleInput(tf));
  return Array.from(await y.data());
}

globalThis.result = (async () => {
  const float = await loadGraphModel('/float/model.json');
  const quantized = await dfq.quantize(float);
  await tf.setBackend('int8');
  return {
    quantizedHere: await outputs(quantized),
    quantizedInNode: await outputs(await loadGraphModel('/int8/model.json')),
    backend: tf.getBackend(),
    isolated: globalThis.crossOriginIsolated,
  };
})();
