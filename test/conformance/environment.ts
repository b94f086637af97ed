/** Imported before the specs are: jasmine's globals, and the one backend that they run on. */
import {setWasmPaths} from '@tensorflow/tfjs-backend-wasm';
import {setTestEnvs} from '@tensorflow/tfjs-core/dist/jasmine_util.js';
import {boot} from 'jasmine-core';
import '../../backend/index.js';

const [, , backendName, wasmFolder] = process.argv;

export const env = boot().getEnv();
setWasmPaths(wasmFolder); // a bundle does not lie beside the binaries
setTestEnvs([{name: backendName, backendName, isDataSync: true}]);
