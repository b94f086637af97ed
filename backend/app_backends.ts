import {engine} from '@tensorflow/tfjs-core';

/**
 * Whether the app has imported tfjs-backend-wasm before us. Only right if this module is evaluated
 * before that package: import it first. Bundlers that split code keep that order within an entry; a
 * chunk with that package which entries share comes before us, and then the app counts as one that
 * imported it, as one of its entries has.
 */
export const appHasWasm = engine().findBackendFactory('wasm') !== null;
