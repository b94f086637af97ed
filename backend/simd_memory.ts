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
  constructor(
    readonly offset: number,
    readonly bytes: number,
  ) {}
}

/**
 * The WASM memory, and who has which part of it. Free stretches are kept sorted by address and merged; a request takes
 * the smallest that holds it, so that a model's tensors fall into the same places on every run.
 */
export class SimdMemory implements Memory {
  private readonly gaps: Gap[] = [];
  private readonly live = new Set<Block>();
  private end: number;
  private bytes = 0;

  /** @param base first address that is free */
  constructor(
    private readonly memory: WasmMemory,
    base: number,
  ) {
    this.end = aligned(base);
  }

  get bytesInUse(): number {
    return this.bytes;
  }

  get buffer(): ArrayBufferLike {
    return this.memory.buffer;
  }

  alloc(bytes: number): Block {
    const block = new SimdBlock(this.reserve(bytes), bytes);
    this.live.add(block);
    this.bytes += bytes;
    return block;
  }

  /** @throws Error if the block is not in use: freed twice, or of another memory */
  free(block: Block): void {
    const offset = this.address(block);
    this.live.delete(block);
    this.bytes -= block.bytes;
    this.release(offset, block.bytes);
  }

  /** @throws Error if the block is not in use: freed already, or of another memory */
  view(block: Block): Int8Array {
    return new Int8Array(this.memory.buffer, this.address(block), block.bytes);
  }

  /** @throws Error if the block is not in use: freed already, or of another memory */
  address(block: Block): number {
    if (!(block instanceof SimdBlock) || !this.live.has(block)) {
      throw new Error('block is not in use');
    }
    return block.offset;
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
