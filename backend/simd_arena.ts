import type {SimdMemory} from './simd_memory.js';

const CHUNK_BYTES = 65536;

interface Chunk {
  readonly offset: number;
  readonly bytes: number;
}

/** Memory that lives while a filter is packed: its records and arrays. */
export class SimdArena {
  private chunks: Chunk[] = [];
  private used = 0;

  constructor(private readonly memory: SimdMemory) {}

  /** @returns an address, a multiple of 16 */
  take(bytes: number): number {
    const size = Math.ceil(bytes / 16) * 16;
    let chunk = this.chunks.at(-1);
    if (chunk === undefined || this.used + size > chunk.bytes) {
      chunk = this.addChunk(size);
    }
    const offset = chunk.offset + this.used;
    this.used += size;
    return offset;
  }

  /** A record of int32 fields, or an array of them. */
  int32(values: ArrayLike<number>): number {
    const offset = this.take(values.length * 4);
    this.memory.ints.set(values, offset >> 2);
    return offset;
  }

  int8(values: Int8Array): number {
    const offset = this.take(values.length);
    this.memory.bytes.set(values, offset);
    return offset;
  }

  /** Gives everything back. */
  end(): void {
    for (const {offset, bytes} of this.chunks) this.memory.release(offset, bytes);
    this.chunks = [];
    this.used = 0;
  }

  private addChunk(bytes: number): Chunk {
    const size = Math.max(bytes, CHUNK_BYTES);
    const chunk = {offset: this.memory.reserve(size), bytes: size};
    this.chunks.push(chunk);
    this.used = 0;
    return chunk;
  }
}
