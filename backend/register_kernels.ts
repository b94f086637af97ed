import {
  getKernel,
  getKernelsForBackend,
  Identity,
  registerKernel,
  type KernelConfig,
} from '@tensorflow/tfjs-core';
import type {Int8Backend} from './int8_backend.js';
import {delegate, type DelegateArgs} from './kernels/delegate.js';

export const NAME = 'int8';

/** Registers our own kernels; those of the float backends follow when the backend starts. */
export function registerOwnKernels(kernels: readonly KernelConfig[]): void {
  for (const kernel of kernels) register(kernel);
}

/** Registers, for `int8`, every kernel of `wasm` and `cpu` that it has not yet. */
export function registerDelegates(): void {
  for (const {kernelName} of [...getKernelsForBackend('wasm'), ...getKernelsForBackend('cpu')]) {
    if (getKernel(kernelName, NAME) == null) register(delegateConfig(kernelName));
  }
}

function delegateConfig(kernelName: string): KernelConfig {
  return {
    kernelName,
    backendName: NAME,
    kernelFunc: ({inputs, attrs, backend}) =>
      delegate(kernelName, {inputs, attrs, backend} as DelegateArgs),
  };
}

/**
 * The engine calls the setupFunc of every kernel whenever the backend is set. One of ours does what
 * is to be done then for all: kernels that the app has registered since are taken over, and the WASM
 * kernels, which `int8` may have an own form of, are connected to the instance.
 */
function register(config: KernelConfig): void {
  const setupFunc = config.kernelName === Identity ? setUp : config.setupFunc;
  registerKernel(setupFunc === undefined ? config : {...config, setupFunc});
}

function setUp(backend: object): void {
  const {wasm} = (backend as Int8Backend).inner;
  registerDelegates();
  if (wasm === undefined) return;
  const done = connected.get(wasm.backend) ?? new WeakSet();
  connected.set(wasm.backend, done);
  for (const kernel of getKernelsForBackend('wasm')) {
    if (done.has(kernel)) continue;
    kernel.setupFunc?.(wasm.backend);
    done.add(kernel);
  }
}

/** The WASM kernels that are connected to an instance: that takes long, and backends are set often. */
const connected = new WeakMap<object, WeakSet<KernelConfig>>();
