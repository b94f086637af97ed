/** First in the bundle of browser tests: some use tfjs-backend-wasm without us, and its binaries are not served. */
import {embedWasmBinaries} from '../backend/wasm_paths.js';

embedWasmBinaries();
