// An app that hosts the binaries of the wasm backend itself, and says so as tfjs has it.
import * as tf from '@tensorflow/tfjs-core';
import {setWasmPaths} from '@tensorflow/tfjs-backend-wasm';
import 'tfjs-dfq/backend';

setWasmPaths('/node_modules/@tensorflow/tfjs-backend-wasm/dist/');

globalThis.result = tf.setBackend('int8').then(() => tf.getBackend());
