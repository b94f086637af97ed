/**
 * First in the bundle of browser tests: many of them import tfjs-backend-wasm themselves, before
 * `int8` starts, and by that say that they know where its binaries are. Ours are all there is.
 */
import {embedWasmBinaries} from '../backend/wasm_paths.js';

embedWasmBinaries();
