/**
 * Entry `tfjs-dfq/backend`: importing it registers the backend `int8`, its kernels and its graph ops.
 * All that an app needs to run a converted model:
 *
 *   import 'tfjs-dfq/backend';
 *   await tf.setBackend('int8');
 */
import {identity} from './kernels/delegate_identity.js';
import {reference} from './reference/index.js';
import {registerInt8Backend} from './register.js';

registerInt8Backend(reference, [identity]);

export {Int8Backend} from './int8_backend.js';
