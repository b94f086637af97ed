import type {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import type {BackendWasm} from '@tensorflow/tfjs-backend-wasm';
import {type DataId, type KernelBackend, type TensorInfo, util} from '@tensorflow/tfjs-core';

/** A float backend inside the int8 backend. */
export interface InnerBackend {
  /** What its kernels are registered under. */
  readonly name: 'wasm' | 'cpu';
  readonly backend: KernelBackend;
  /** Whether the tensor lies in it; unlike a look-up in its storage, this moves nothing. */
  has(dataId: DataId): boolean;
  /** The shape that its storage keeps for a tensor, if it keeps one. */
  storedShape(dataId: DataId): readonly number[] | undefined;
  /** The values of a float32 tensor that lies in it, in place if they can be had so. Valid until its next allocation. */
  floats(x: TensorInfo): Float32Array | undefined;
  /** A new float32 tensor, and its values to be written, in place. */
  newFloats(shape: number[]): {info: TensorInfo; values: Float32Array};
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
  // The shape of x may be another than the stored one, its size not.
  const floats = (x: TensorInfo) => backend.typedArrayFromHeap(x) as Float32Array;
  return {
    name: 'wasm',
    backend,
    has: dataId => data.has(dataId),
    storedShape: dataId => data.get(dataId).shape,
    floats,
    newFloats(shape) {
      const info = backend.makeOutput(shape, 'float32');
      return {info, values: floats(info)};
    },
  };
}

export function innerCpu(backend: MathBackendCPU): InnerCpu {
  return {
    name: 'cpu',
    backend,
    has: dataId => backend.data.has(dataId),
    storedShape: () => undefined,
    floats({dataId}) {
      const {values} = backend.data.get(dataId);
      return values instanceof Float32Array ? values : undefined;
    },
    newFloats(shape) {
      const values = new Float32Array(util.sizeFromShape(shape));
      return {info: backend.makeTensorInfo(shape, 'float32', values), values};
    },
  };
}
