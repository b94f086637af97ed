import {byId} from '../common/dom.js';
import type {Runtime} from '../worker/runtime.js';

const TIMES =
  'Times are of one image after the other; the float model runs as it was trained, with its batch norms unfolded.';

/** Says in `<footer id="runtime">` what the models run on. */
export function showRuntime({simd, threads}: Runtime): void {
  byId('runtime', HTMLElement).textContent = simd
    ? `Computed on this machine: WebAssembly SIMD, ${count(threads.float)} for float, ${count(threads.int8)} for INT8. ${TIMES}`
    : 'No WebAssembly SIMD here: the INT8 versions compute the same, many times slower.';
}

function count(threads: number): string {
  return threads > 1 ? `${threads} threads` : 'one thread';
}
