import type {Block, Memory} from './microkernels.js';
import type {WasmMemory} from './wasm_memory.js';

const PAGE_BYTES = 65536;

/** Vector loads of the kernels may read this far past a block; the last block has as much memory behind it. */
const OVERREAD_BYTES = 64;

const ALIGNMENT = 16;

/** A stretch of free memory. */
interface Gap {
  offset: number;
  bytes: number;
}

class SimdBlock implements Block {
  isFree = false;

  constructor(
    readonly memory: SimdMemory,
    readonly offset: number,
    readonly bytes: number,
  ) {}
}

interface Views {
  readonly int8: Int8Array;
  readonly int32: Int32Array;
  readonly float32: Float32Array;
  readonly float64: Float64Array;
}

function viewsOf({buffer}: WasmMemory): Views {
  return {
    int8: new Int8Array(buffer),
    int32: new Int32Array(buffer),
    float32: new Float32Array(buffer),
    float64: new Float64Array(buffer),
  };
}

/**
 * The WASM memory, and who has which part of it. Free stretches are kept sorted by address and merged; a request takes
 * the smallest that holds it, so that a model's tensors fall into the same places on every run.
 */
export class SimdMemory implements Memory {
  private readonly gaps: Gap[] = [];
  private end: number;
  private views: Views;
  private used = 0;

  /** @param base first address that is free */
  constructor(
    private readonly memory: WasmMemory,
    base: number,
  ) {
    this.end = aligned(base);
    this.views = viewsOf(memory);
  }

  get bytesInUse(): number {
    return this.used;
  }

  /** All of the memory, until the next {@link reserve}. */
  get bytes(): Int8Array {
    return this.views.int8;
  }

  get ints(): Int32Array {
    return this.views.int32;
  }

  get floats(): Float32Array {
    return this.views.float32;
  }

  get doubles(): Float64Array {
    return this.views.float64;
  }

  alloc(bytes: number): Block {
    const block = new SimdBlock(this, this.reserve(bytes), bytes);
    this.used += bytes;
    return block;
  }

  /** @throws Error if the block is not in use: freed twice, or of another memory */
  free(block: Block): void {
    const {offset, bytes} = this.own(block);
    this.own(block).isFree = true;
    this.used -= bytes;
    this.release(offset, bytes);
  }

  /** @throws Error if the block is not in use: freed already, or of another memory */
  view(block: Block): Int8Array {
    const {offset, bytes} = this.own(block);
    return this.bytes.subarray(offset, offset + bytes);
  }

  /** @throws Error if the block is not in use: freed already, or of another memory */
  address(block: Block): number {
    return this.own(block).offset;
  }

  /**
   * Memory for the implementation itself, not counted in {@link bytesInUse}.
   *
   * @returns its address, a multiple of 16
   */
  reserve(bytes: number): number {
    const size = sizeOf(bytes);
    const gap = this.smallestGap(size);
    if (gap === undefined) return this.extend(size);
    const {offset} = gap;
    gap.offset += size;
    gap.bytes -= size;
    if (gap.bytes === 0) this.gaps.splice(this.gaps.indexOf(gap), 1);
    return offset;
  }

  /** Undoes {@link reserve}, with the same size. */
  release(offset: number, bytes: number): void {
    const gap = {offset, bytes: sizeOf(bytes)};
    const at = this.firstGapAfter(offset);
    const [before, after] = [this.gaps[at - 1], this.gaps[at]];
    this.gaps.splice(at, 0, gap);
    if (after?.offset === offset + gap.bytes) {
      gap.bytes += after.bytes;
      this.gaps.splice(at + 1, 1);
    }
    if (before !== undefined && before.offset + before.bytes === offset) {
      before.bytes += gap.bytes;
      this.gaps.splice(at, 1);
    }
  }

  private own(block: Block): SimdBlock {
    if (!(block instanceof SimdBlock) || block.memory !== this || block.isFree) {
      throw new Error('block is not in use');
    }
    return block;
  }

  private smallestGap(bytes: number): Gap | undefined {
    let best: Gap | undefined;
    for (const gap of this.gaps) {
      if (gap.bytes >= bytes && gap.bytes < (best?.bytes ?? Infinity)) best = gap;
    }
    return best;
  }

  private firstGapAfter(offset: number): number {
    let low = 0;
    let high = this.gaps.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.gaps[middle].offset < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Takes from beyond the last block; a gap that ends there is used up first. */
  private extend(bytes: number): number {
    const last = this.gaps.at(-1);
    const offset =
      last !== undefined && last.offset + last.bytes === this.end ? last.offset : this.end;
    this.grow(offset + bytes);
    if (offset !== this.end) this.gaps.pop();
    this.end = offset + bytes;
    return offset;
  }

  /** By a quarter at least, because growing may copy. */
  private grow(end: number): void {
    const available = this.memory.buffer.byteLength;
    const missing = Math.ceil((end + OVERREAD_BYTES - available) / PAGE_BYTES);
    if (missing <= 0) return;
    const generous = Math.max(missing, Math.ceil(available / PAGE_BYTES / 4));
    if (!this.tryGrow(generous) && !this.tryGrow(missing)) {
      throw new Error(`int8 backend: out of memory, ${end} bytes needed; use a smaller batch`);
    }
  }

  private tryGrow(pages: number): boolean {
    try {
      this.memory.grow(pages);
      this.views = viewsOf(this.memory);
      return true;
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  }
}

function aligned(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}

/** What a request takes; even an empty one gets an address of its own. */
function sizeOf(bytes: number): number {
  return Math.max(aligned(bytes), ALIGNMENT);
}
