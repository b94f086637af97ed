import {engine} from '@tensorflow/tfjs-core';

/**
 * Whether the app has imported tfjs-backend-wasm before us. Only right if this module is evaluated
 * before that package: import it first.
 */
export const appHasWasm = engine().findBackendFactory('wasm') !== null;
