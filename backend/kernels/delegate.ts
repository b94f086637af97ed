import {
  getKernel,
  Identity,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type {InnerBackend} from '../inner_backend.js';
import type {Int8Backend} from '../int8_backend.js';
import {cpuReason} from './delegate_rules.js';

/** Operands whose shape WASM kernels take from the storage, which keeps the one the data was made with. */
const SHAPE_FROM_STORAGE = new Set(['bias']);

type Operand = TensorInfo | TensorInfo[] | null | undefined;

export interface DelegateArgs {
  inputs: NamedTensorInfoMap;
  attrs?: NamedAttrMap;
  backend: Int8Backend;
}

/**
 * Runs a float kernel on the inner backend that does it right: WASM where that has the kernel and no
 * rule of delegate_rules.ts speaks against it, else CPU. Operands that lie elsewhere (int8 ones too, widened)
 * are copied there for the duration of the call.
 *
 * The kernel is looked up at each call, so that one registered later is found.
 *
 * @throws Error if no inner backend has the kernel
 */
export function delegate(kernelName: string, args: DelegateArgs): TensorInfo | TensorInfo[] {
  const {inputs, attrs, backend} = args;
  const {x} = inputs;
  if (kernelName === Identity && x !== undefined) return backend.alias(x, x.shape); // WASM's copies
  const inner = chooseInner(kernelName, args);
  const kernel = getKernel(kernelName, inner.name);
  if (kernel == null) throw new Error(`int8 backend: no kernel '${kernelName}'`);
  const copies: TensorInfo[] = [];
  try {
    const operands = mapTensors(inputs, (x, name) => {
      const {info, copied} = backend.lend(x, inner, SHAPE_FROM_STORAGE.has(name));
      if (copied) copies.push(info);
      return info;
    });
    return kernel.kernelFunc({inputs: operands, attrs, backend: inner.backend});
  } finally {
    // A result that is a view of a copy holds a reference of its own.
    for (const copy of copies) inner.backend.disposeData(copy.dataId);
  }
}

function chooseInner(kernelName: string, {inputs, attrs, backend}: DelegateArgs): InnerBackend {
  const {wasm, cpu} = backend.inner;
  if (wasm === undefined || getKernel(kernelName, 'wasm') == null) return cpu;
  if (getKernel(kernelName, 'cpu') == null) return wasm;
  return cpuReason(kernelName, inputs, attrs ?? {}) === undefined ? wasm : cpu;
}

/** Operands come by name, as an array (Concat, AddN, …) or in lists; an optional one may be null. */
function mapTensors(
  inputs: NamedTensorInfoMap,
  map: (x: TensorInfo, name: string) => TensorInfo,
): NamedTensorInfoMap {
  const mapped = Object.entries(inputs as Record<string, Operand>).map(
    ([name, x]): [string, Operand] => [
      name,
      Array.isArray(x) ? x.map(one => map(one, name)) : x == null ? x : map(x, name),
    ],
  );
  const result = Array.isArray(inputs) ? mapped.map(([, x]) => x) : Object.fromEntries(mapped);
  return result as NamedTensorInfoMap;
}
