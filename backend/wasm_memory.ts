/** What we use of the WebAssembly API; this folder is compiled without the DOM library. */
export interface WasmMemory {
  readonly buffer: ArrayBufferLike;
  grow(pages: number): number;
}

interface MemoryDescriptor {
  readonly initial: number;
  readonly maximum: number;
  readonly shared: boolean;
}

export interface WasmMemoryApi {
  Memory: new (descriptor: MemoryDescriptor) => WasmMemory;
}

/** A memory, and how a binary that imports it must declare it. */
export interface ImportedMemory {
  readonly memory: WasmMemory;
  readonly isShared: boolean;
  /** The byte in front of the limits in the binary's import section. */
  readonly flags: number;
}

const HAS_MAXIMUM = 1;
const IS_SHARED = 2;

const INITIAL_PAGES = 16;

/** 4 GiB, all that 32-bit addresses reach. */
const MAXIMUM_PAGES = 65536;

/** 256 MiB. A host that cannot even reserve that had better not reserve anything. */
const MINIMUM_MAXIMUM_PAGES = 4096;

/** A memory that other threads see where `shared` asks for it and the host has it, else one of our own. */
export function makeMemory(api: WasmMemoryApi, shared: boolean): ImportedMemory {
  const memory = shared ? sharedMemory(api) : undefined;
  if (memory !== undefined) return {memory, isShared: true, flags: HAS_MAXIMUM | IS_SHARED};
  const own = new api.Memory({initial: INITIAL_PAGES, maximum: MAXIMUM_PAGES, shared: false});
  return {memory: own, isShared: false, flags: HAS_MAXIMUM};
}

/**
 * A shared memory grows in place, so hosts reserve its maximum when it is made. On 64 bits all of it costs nothing; hosts
 * with less address space get half, and half of that, until it fits.
 */
function sharedMemory(api: WasmMemoryApi): WasmMemory | undefined {
  for (let maximum = MAXIMUM_PAGES; maximum >= MINIMUM_MAXIMUM_PAGES; maximum /= 2) {
    try {
      return new api.Memory({initial: INITIAL_PAGES, maximum, shared: true});
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  return undefined;
}

/** Whether a memory that is shared could also be sent to a worker: always in Node, in pages that are isolated. */
export function canShareMemory(): boolean {
  const {crossOriginIsolated, SharedArrayBuffer} = globalThis as {
    crossOriginIsolated?: boolean;
    SharedArrayBuffer?: unknown;
  };
  return SharedArrayBuffer !== undefined && crossOriginIsolated !== false;
}
