import {base64, memoryFlagsAt} from './generated/assembly.js';
import {canShareMemory, makeMemory, type WasmMemory, type WasmMemoryApi} from './wasm_memory.js';

/** What we use of the WebAssembly API; this folder is compiled without the DOM library. */
interface WasmApi extends WasmMemoryApi {
  validate(binary: Uint8Array): boolean;
  Module: new (binary: Uint8Array) => object;
  Instance: new (module: object, imports: object) => {readonly exports: object};
}

interface Host {
  WebAssembly?: WasmApi;
  atob(base64: string): string;
}
const host = globalThis as unknown as Host;

/**
 * The exports of backend/assembly. Numbers are addresses, counts, or what their names say in microkernels.ts; an
 * address of a record means int32 fields in the order of backend/assembly/structs.ts, which backend/simd_records.ts writes.
 */
export interface SimdExports {
  heap_base(): number;
  gemm_scratch_bytes(filter: number): number;
  conv2d_scratch_bytes(filter: number, geometry: number): number;
  depthwise_scratch_bytes(geometry: number): number;
  add_scratch_bytes(): number;
  mul_scratch_bytes(): number;
  prelu_scratch_bytes(channels: number): number;
  max_pool_scratch_bytes(geometry: number): number;
  avg_pool_scratch_bytes(geometry: number): number;
  mean_scratch_bytes(): number;
  pack_gemm_bytes(depth: number, channels: number): number;
  pack_gemm(filter: number, spec: number, stage: number): void;
  pack_depthwise_bytes(taps: number, channels: number): number;
  pack_depthwise(filter: number, spec: number, stage: number, is3x3: boolean): void;
  matmul(x: number, filter: number, y: number, rows: number, depth: number, scratch: number): void;
  /** Output pixels begin … end. */
  conv2d(
    x: number,
    filter: number,
    y: number,
    geometry: number,
    scratch: number,
    begin: number,
    end: number,
  ): void;
  /** Output rows begin … end, as in the pools. */
  depthwise(
    x: number,
    filter: number,
    y: number,
    geometry: number,
    scratch: number,
    begin: number,
    end: number,
  ): void;
  max_pool(
    x: number,
    y: number,
    geometry: number,
    scratch: number,
    begin: number,
    end: number,
  ): void;
  avg_pool(
    x: number,
    y: number,
    geometry: number,
    xZeroPoint: number,
    stages: number,
    scratch: number,
    begin: number,
    end: number,
  ): void;
  mean(
    x: number,
    y: number,
    outer: number,
    reduced: number,
    inner: number,
    xZeroPoint: number,
    stage: number,
    scratch: number,
  ): void;
  quantize(
    x: number,
    y: number,
    count: number,
    inverseScale: number,
    zeroPoint: number,
    lo: number,
    hi: number,
  ): void;
  dequantize(x: number, y: number, count: number, scale: number, zeroPoint: number): void;
  lookup(x: number, table: number, y: number, count: number): void;
  add(a: number, b: number, y: number, plan: number, operands: number, scratch: number): void;
  mul(
    a: number,
    b: number,
    y: number,
    plan: number,
    aZeroPoint: number,
    bZeroPoint: number,
    stage: number,
    scratch: number,
  ): void;
  maximum(a: number, b: number, y: number, plan: number): void;
  minimum(a: number, b: number, y: number, plan: number): void;
  prelu(
    x: number,
    y: number,
    rows: number,
    channels: number,
    xZeroPoint: number,
    stage: number,
    scratch: number,
  ): void;
  resize(x: number, y: number, spec: number): void;
  softmax(
    x: number,
    y: number,
    rows: number,
    channels: number,
    exponentials: number,
    levels: number,
    zeroPoint: number,
    hi: number,
  ): void;
}

/** An instance, and what others on the same memory are made of. */
export interface SimdInstance {
  readonly exports: SimdExports;
  readonly module: object;
  readonly memory: WasmMemory;
  readonly isShared: boolean;
}

/**
 * A fresh instance with a memory of its own, or undefined where WebAssembly or its SIMD is missing or forbidden.
 *
 * @param shared whether worker threads may join in; not all hosts have such a memory
 */
export function instantiateSimd(shared = canShareMemory()): SimdInstance | undefined {
  const api = host.WebAssembly;
  if (api === undefined) return undefined;
  const {memory, isShared, flags} = makeMemory(api, shared);
  const binary = decode(base64);
  binary[memoryFlagsAt] = flags;
  if (!api.validate(binary)) return undefined;
  const module = compile(api, binary);
  if (module === undefined) return undefined;
  const {exports} = new api.Instance(module, {env: {memory}});
  return {exports: exports as SimdExports, module, memory, isShared};
}

/** A valid binary fails to compile only where a page's content security policy forbids it. */
function compile(api: WasmApi, binary: Uint8Array): object | undefined {
  try {
    return new api.Module(binary);
  } catch (error) {
    if (error instanceof Error && error.name === 'CompileError') return undefined;
    throw error;
  }
}

function decode(text: string): Uint8Array {
  return Uint8Array.from(host.atob(text), character => character.charCodeAt(0));
}
