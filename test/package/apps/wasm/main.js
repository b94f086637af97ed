// An app that asks for the float backend which comes with ours.
import * as tf from '@tensorflow/tfjs-core';
import 'tfjs-dfq/backend';

globalThis.result = tf.setBackend('wasm');
