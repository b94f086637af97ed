import {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import type {BackendWasm} from '@tensorflow/tfjs-backend-wasm';
import {engine, registerBackend, type KernelConfig} from '@tensorflow/tfjs-core';
import {innerCpu, innerWasm} from './inner_backend.js';
import {Int8Backend} from './int8_backend.js';
import type {Microkernels} from './microkernels.js';
import {NAME, registerDelegates, registerOwnKernels} from './register_kernels.js';
import {acquireWasm, releaseWasm, shareWasm} from './wasm_instance.js';

/** Below `cpu`: `int8` is used where it is set, and never becomes an app's default unasked. */
const PRIORITY = 0;

/** Registers the backend `int8`. The current backend stays as it is. */
export function registerInt8Backend(
  microkernels: () => Microkernels | Promise<Microkernels>,
  kernels: readonly KernelConfig[],
): void {
  shareWasm();
  registerBackend(NAME, () => start(microkernels), PRIORITY);
  registerOwnKernels(kernels);
}

async function start(
  microkernels: () => Microkernels | Promise<Microkernels>,
): Promise<Int8Backend> {
  // The WASM backend without an await before it: it must see the app's calls in their order.
  const [wasm, implementation] = await Promise.all([acquireWasm(usesWasm), microkernels()]);
  registerDelegates();
  const cpu = innerCpu(sharedCpu());
  if (wasm === undefined) return new Int8Backend(implementation, {cpu});
  return new Int8Backend(implementation, {wasm: innerWasm(wasm), cpu}, () => releaseWasm(wasm));
}

/** The process's CPU backend, so that its tensors need not move; one of our own if the app removed it. */
function sharedCpu(): MathBackendCPU {
  const cpu = engine().findBackend('cpu');
  return cpu instanceof MathBackendCPU ? cpu : new MathBackendCPU();
}

function usesWasm(wasm: BackendWasm): boolean {
  const running = engine().registry[NAME];
  return running instanceof Int8Backend && running.inner.wasm?.backend === wasm;
}
