/**
 * Entry `tfjs-dfq/backend`: importing it registers the backend `int8`, its kernels and its graph ops.
 * All that an app needs to run a converted model:
 *
 *   import 'tfjs-dfq/backend';
 *   await tf.setBackend('int8');
 */
import {registerGraphOps} from './graph_ops.js';
import {int8Kernels} from './kernels/index.js';
import {reference} from './reference/index.js';
import {registerInt8Backend} from './register.js';
import {threadedSimd} from './threads/threaded_simd.js';

registerInt8Backend(async () => (await threadedSimd()) ?? reference(), int8Kernels);
registerGraphOps();

export {Int8Backend} from './int8_backend.js';
export {getThreads, setThreads} from './threads/set_threads.js';
