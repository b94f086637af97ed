import type {Block, Memory} from '../microkernels.js';

/** A block of the JavaScript heap. */
class HeapBlock implements Block {
  readonly data: Int8Array;

  constructor(readonly bytes: number) {
    this.data = new Int8Array(bytes);
  }
}

/** Blocks as separate arrays of the JavaScript heap: nothing moves, and the garbage collector frees. */
export class HeapMemory implements Memory {
  private readonly live = new Set<Block>();
  private bytes = 0;

  get bytesInUse(): number {
    return this.bytes;
  }

  alloc(bytes: number): Block {
    const block = new HeapBlock(bytes);
    this.live.add(block);
    this.bytes += bytes;
    return block;
  }

  /** @throws Error if the block is not in use: freed twice, or of another memory */
  free(block: Block): void {
    if (!this.live.delete(block)) throw new Error('block is not in use');
    this.bytes -= block.bytes;
  }

  /** @throws Error if the block is not in use: freed already, or of another memory */
  view(block: Block): Int8Array {
    if (!(block instanceof HeapBlock) || !this.live.has(block)) {
      throw new Error('block is not in use');
    }
    return block.data;
  }
}
