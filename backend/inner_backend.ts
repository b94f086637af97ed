import type {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import type {BackendWasm} from '@tensorflow/tfjs-backend-wasm';
import type {DataId, KernelBackend} from '@tensorflow/tfjs-core';

/** A float backend inside the int8 backend. */
export interface InnerBackend {
  /** What its kernels are registered under. */
  readonly name: 'wasm' | 'cpu';
  readonly backend: KernelBackend;
  /** Whether the tensor lies in it; unlike a look-up in its storage, this moves nothing. */
  has(dataId: DataId): boolean;
  /** The shape that its storage keeps for a tensor, if it keeps one. */
  storedShape(dataId: DataId): readonly number[] | undefined;
}

export interface InnerCpu extends InnerBackend {
  readonly backend: MathBackendCPU;
}

/** `cpu` serves what `wasm` cannot, and everything where there is no WebAssembly. */
export interface InnerBackends {
  readonly wasm?: InnerBackend;
  readonly cpu: InnerCpu;
}

export function innerWasm(backend: BackendWasm): InnerBackend {
  const data = backend.dataIdMap;
  return {
    name: 'wasm',
    backend,
    has: dataId => data.has(dataId),
    storedShape: dataId => data.get(dataId).shape,
  };
}

export function innerCpu(backend: MathBackendCPU): InnerCpu {
  return {
    name: 'cpu',
    backend,
    has: dataId => backend.data.has(dataId),
    storedShape: () => undefined,
  };
}
