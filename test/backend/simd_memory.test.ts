import type {Block} from '../../backend/microkernels.js';
import {simd} from '../../backend/simd.js';
import {SimdArena} from '../../backend/simd_arena.js';
import {SimdMemory} from '../../backend/simd_memory.js';
import {Random} from './oracle/random.js';

const PAGE_BYTES = 65536;

/** A memory that moves whenever it grows, up to `limit` bytes. */
function growable(limit: number) {
  return {
    buffer: new ArrayBuffer(PAGE_BYTES),
    grow(pages: number): number {
      const before = this.buffer.byteLength / PAGE_BYTES;
      const bytes = this.buffer.byteLength + pages * PAGE_BYTES;
      if (bytes > limit) throw new RangeError('limit reached');
      const moved = new Uint8Array(bytes);
      moved.set(new Uint8Array(this.buffer));
      this.buffer = moved.buffer;
      return before;
    },
  };
}

function memoryOf(limit = 64 * PAGE_BYTES): SimdMemory {
  return new SimdMemory(growable(limit), 1000);
}

describe('SimdMemory', () => {
  it('gives out blocks from 16-byte boundaries at or after its base', () => {
    const memory = memoryOf();
    expect(memory.address(memory.alloc(1))).toBe(1008);
    expect(memory.address(memory.alloc(17))).toBe(1024);
    expect(memory.address(memory.alloc(0))).toBe(1056);
    expect(memory.address(memory.alloc(5))).toBe(1072);
  });

  it('counts the bytes asked for', () => {
    const memory = memoryOf();
    const block = memory.alloc(17);
    memory.alloc(3);
    memory.reserve(100);
    expect(memory.bytesInUse).toBe(20);
    memory.free(block);
    expect(memory.bytesInUse).toBe(3);
  });

  it('uses the smallest gap that is large enough', () => {
    const memory = memoryOf();
    const large = memory.alloc(64);
    memory.alloc(16);
    const small = memory.alloc(32);
    memory.alloc(16);
    const [largeAt, smallAt] = [memory.address(large), memory.address(small)];
    memory.free(large);
    memory.free(small);
    expect(memory.address(memory.alloc(30))).toBe(smallAt);
    expect(memory.address(memory.alloc(16))).toBe(largeAt);
    expect(memory.address(memory.alloc(48))).toBe(largeAt + 16);
  });

  it('merges gaps on both sides', () => {
    const memory = memoryOf();
    const blocks = [memory.alloc(32), memory.alloc(32), memory.alloc(32)];
    memory.alloc(16);
    const first = memory.address(blocks[0]);
    memory.free(blocks[0]);
    memory.free(blocks[2]);
    memory.free(blocks[1]);
    expect(memory.address(memory.alloc(96))).toBe(first);
  });

  it('continues a gap at its end instead of leaving it', () => {
    const memory = memoryOf();
    const last = memory.alloc(32);
    const at = memory.address(last);
    memory.free(last);
    expect(memory.address(memory.alloc(1000))).toBe(at);
  });

  it('keeps contents when it grows, and its views end with their blocks', () => {
    const memory = memoryOf();
    const block = memory.alloc(5);
    memory.view(block).set([1, 2, 3, 4, 5]);
    memory.alloc(3 * PAGE_BYTES);
    expect([...memory.view(block)]).toEqual([1, 2, 3, 4, 5]);
  });

  it('leaves room for vector loads behind the last block', () => {
    const host = growable(64 * PAGE_BYTES);
    const memory = new SimdMemory(host, 0);
    memory.alloc(PAGE_BYTES);
    expect(host.buffer.byteLength).toBeGreaterThan(PAGE_BYTES + 63);
  });

  it('says so when memory runs out, and stays usable', () => {
    const memory = memoryOf(2 * PAGE_BYTES);
    expect(() => memory.alloc(3 * PAGE_BYTES)).toThrowError(/out of memory/);
    expect(memory.address(memory.alloc(PAGE_BYTES))).toBe(1008);
  });

  it('refuses blocks that are freed or foreign', () => {
    const memory = memoryOf();
    const block = memory.alloc(4);
    memory.free(block);
    expect(() => memory.free(block)).toThrowError(/not in use/);
    expect(() => memory.view(block)).toThrowError(/not in use/);
    expect(() => memory.view(memoryOf().alloc(4))).toThrowError(/not in use/);
  });

  it('never gives the same bytes to two blocks', () => {
    const memory = memoryOf(1024 * PAGE_BYTES);
    const random = new Random(1);
    const live: {block: Block; mark: number}[] = [];
    for (let i = 0; i < 2000; i++) {
      if (live.length > 0 && random.next() < 0.48) {
        const [{block, mark}] = live.splice(random.integer(0, live.length - 1), 1);
        if (memory.view(block).some(byte => byte !== mark)) throw new Error(`block ${i} changed`);
        memory.free(block);
      } else {
        const block = memory.alloc(random.integer(0, 5000));
        const mark = random.integer(-128, 127);
        memory.view(block).fill(mark);
        live.push({block, mark});
      }
    }
    for (const {block} of live) memory.free(block);
    expect(memory.bytesInUse).toBe(0);
    expect(memory.address(memory.alloc(200_000))).toBe(1008);
  });
});

describe('SimdArena', () => {
  it('keeps what a call has taken, however much it takes', () => {
    const memory = memoryOf();
    const arena = new SimdArena(memory);
    const first = arena.int32([1, -2, 3]);
    arena.take(5 * PAGE_BYTES);
    const last = arena.int8(Int8Array.of(7, -8));
    expect([...memory.ints.subarray(first >> 2, (first >> 2) + 3)]).toEqual([1, -2, 3]);
    expect([...memory.bytes.subarray(last, last + 2)]).toEqual([7, -8]);
  });

  it('gives all of it back after every call', () => {
    const memory = memoryOf();
    const arena = new SimdArena(memory);
    const before = memory.reserve(16);
    const call = () => {
      const taken = [arena.take(100), arena.take(3 * PAGE_BYTES), arena.take(100)];
      arena.end();
      return taken;
    };
    const first = call();
    const between = memory.reserve(5 * PAGE_BYTES);
    expect(between).toBe(before + 16);
    memory.release(between, 5 * PAGE_BYTES);
    expect(call()).toEqual(first);
  });
});

describe('simd', () => {
  it('refuses filters that are freed, or of another instance', () => {
    const [ours, theirs] = [simd(), simd()];
    if (ours === undefined || theirs === undefined) throw new Error('WebAssembly SIMD is missing');
    const one = {mantissa: Int32Array.of(1), negativeMantissa: Int32Array.of(1)};
    const filter = ours.packConv2D({
      values: Int8Array.of(3),
      height: 1,
      width: 1,
      inChannels: 1,
      outChannels: 1,
      zeroPoint: Int32Array.of(0),
      bias: Int32Array.of(0),
      xZeroPoint: 0,
      stage: {...one, shift: 40, zeroPoint: 0, lo: -128, hi: Int8Array.of(127)},
    });
    expect(() => theirs.freeFilter(filter)).toThrowError(/another implementation/);
    ours.freeFilter(filter);
    expect(() => ours.freeFilter(filter)).toThrowError(/filter is freed/);
  });
});
