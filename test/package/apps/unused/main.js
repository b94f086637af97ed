// An app that imports the quantizer for the sake of the backend.
import * as tf from '@tensorflow/tfjs-core';
import * as dfq from 'tfjs-dfq';

globalThis.result = tf.setBackend('int8').then(() => {
  if (tf.getBackend() !== 'int8') throw new dfq.DfqError('there is no backend int8');
  return tf.getBackend();
});
