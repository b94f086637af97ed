import type * as Core from '@tensorflow/tfjs-core';
import type {Int8Backend} from '../../backend/index.js';

/** tfjs-core keeps its state on the global object. */
const shared = globalThis as {_tfengine?: unknown; _tfGlobals?: unknown};

/** TensorFlow.js as a new process finds it, without a backend. */
export async function freshTf(): Promise<typeof Core> {
  jest.resetModules();
  delete shared._tfengine;
  delete shared._tfGlobals;
  const tf = await import('@tensorflow/tfjs-core');
  tf.env().set('PROD', true); // no banner
  return tf;
}

export const importInt8 = () => import('../../backend/index.js');
export const importWasm = () => import('@tensorflow/tfjs-backend-wasm');
export const importCpu = () => import('@tensorflow/tfjs-backend-cpu');

/** The running backend `int8`. */
export function runningInt8(tf: typeof Core): Int8Backend {
  return tf.engine().registry.int8 as unknown as Int8Backend;
}

/** A convolution, which WASM and CPU do in their own ways: [36, 36]. */
export function convolve(tf: typeof Core, x: Core.Tensor4D, filter: Core.Tensor4D): number[] {
  return tf.tidy(() => Array.from(tf.relu(tf.conv2d(x, filter, 1, 'valid')).dataSync()));
}
