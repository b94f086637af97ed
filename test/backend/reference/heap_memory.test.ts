import {HeapMemory} from '../../../backend/reference/heap_memory.js';
import {reference} from '../../../backend/reference/index.js';

describe('HeapMemory', () => {
  it('counts the bytes in use', () => {
    const memory = new HeapMemory();
    const a = memory.alloc(10);
    const b = memory.alloc(5);
    expect(memory.bytesInUse).toBe(15);
    memory.free(a);
    expect(memory.bytesInUse).toBe(5);
    memory.free(b);
    expect(memory.bytesInUse).toBe(0);
  });

  it('shows one and the same bytes each time', () => {
    const memory = new HeapMemory();
    const block = memory.alloc(3);
    memory.view(block)[1] = -7;
    expect([...memory.view(block)]).toEqual([0, -7, 0]);
  });

  it('refuses a block that is freed or foreign', () => {
    const memory = new HeapMemory();
    const block = memory.alloc(1);
    memory.free(block);
    expect(() => memory.free(block)).toThrowError('block is not in use');
    expect(() => memory.view(block)).toThrowError('block is not in use');
    expect(() => memory.view(new HeapMemory().alloc(1))).toThrowError('block is not in use');
  });
});

describe('reference', () => {
  it('refuses a filter of another implementation', () => {
    const kernels = reference();
    const block = kernels.memory.alloc(1);
    expect(() => kernels.matMul(block, {bytes: 0}, block, 1)).toThrowError(
      'filter was packed by another implementation',
    );
  });
});
