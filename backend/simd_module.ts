import * as baseline from './generated/simd.js';
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
 * The exports of backend/assembly. Numbers are addresses or counts; an address of a record means int32 fields in the
 * order of backend/assembly/structs.ts, which backend/simd_records.ts writes.
 */
export interface SimdExports {
  heap_base(): number;
  pack_gemm_bytes(depth: number, channels: number): number;
  pack_gemm(filter: number, spec: number, stage: number, scratch: number): void;
  pack_depthwise_bytes(taps: number, channels: number): number;
  pack_depthwise(
    filter: number,
    spec: number,
    stage: number,
    scratch: number,
    is3x3: boolean,
  ): void;
  /** For the two above. */
  pack_scratch_bytes(): number;
  /** A part of a matrix product had best be a multiple of so many rows. */
  tile_rows(): number;
  unpack_filter(filter: number, depth: number, zeroPoint: number, values: number): void;
  pack_prelu_bytes(channels: number): number;
  pack_prelu(stage: number, spec: number, channels: number): void;
  float_add(x: number, addends: number, count: number, period: number): void;
  float_minimum(x: number, bounds: number, count: number, period: number): void;
  float_maximum(x: number, bounds: number, count: number, period: number): void;
  moments(
    x: number,
    rows: number,
    channels: number,
    sum: number,
    squares: number,
    low: number,
    high: number,
  ): void;
  mask_above(
    x: number,
    rows: number,
    channels: number,
    bounds: number,
    mask: number,
    counts: number,
  ): void;
  add_rows(x: number, rows: number, channels: number, sums: number): void;
  add_masked(x: number, rows: number, channels: number, mask: number, sums: number): void;
  errors(reference: number, actual: number, count: number, sums: number): void;
  grid_errors(
    reference: number,
    count: number,
    scale: number,
    zeroPoint: number,
    lowest: number,
    highest: number,
    sums: number,
  ): void;
  /** Bytes of scratch of one thread that runs the command. */
  scratch_bytes(command: number): number;
  /**
   * Runs one part of a command, at whose end lies scratch for every thread. Parts may run at the same time, on instances
   * that share the memory; their number does not change the result.
   *
   * @param thread counted from 0: whose scratch to use
   */
  run(command: number, part: number, parts: number, thread: number): void;
}

/** A module of backend/generated: a binary, and the byte of it that says of what kind the memory is. */
export interface EmbeddedBinary {
  readonly name: string;
  readonly base64: string;
  readonly memoryFlagsAt: number;
}

/** An instance, and what others on the same memory are made of. */
export interface WasmInstance<Exports> {
  /** That of the binary. */
  readonly name: string;
  readonly exports: Exports;
  readonly module: object;
  readonly memory: WasmMemory;
  readonly isShared: boolean;
}

export type SimdInstance = WasmInstance<SimdExports>;

/**
 * A fresh instance of backend/assembly with a memory of its own, or undefined where WebAssembly or its SIMD is missing or
 * forbidden.
 *
 * @param shared whether worker threads may join in; not all hosts have such a memory
 * @param binary one that {@link fastestBinary} may return
 */
export function instantiateSimd(
  shared = canShareMemory(),
  binary: EmbeddedBinary = baseline,
): SimdInstance | undefined {
  return instantiate<SimdExports>(binary, shared);
}

/** As {@link instantiateSimd}, of any binary with an imported memory, whose exports the caller knows. */
export function instantiate<Exports extends object>(
  {name, base64, memoryFlagsAt}: EmbeddedBinary,
  shared: boolean,
): WasmInstance<Exports> | undefined {
  const api = host.WebAssembly;
  if (api === undefined) return undefined;
  const {memory, isShared, flags} = makeMemory(api, shared);
  const binary = decode(base64);
  binary[memoryFlagsAt] = flags;
  if (!api.validate(binary)) return undefined;
  const module = compile(api, binary);
  if (module === undefined) return undefined;
  const {exports} = new api.Instance(module, {env: {memory}});
  return {name, exports: exports as Exports, module, memory, isShared};
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
