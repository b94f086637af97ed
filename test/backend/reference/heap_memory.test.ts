import {HeapMemory} from '../../../backend/reference/heap_memory.js';
import {reference} from '../../../backend/reference/index.js';
import {messageOf} from '../oracle/message_of.js';

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
    expect(messageOf(() => memory.free(block))).toBe('block is not in use');
    expect(messageOf(() => memory.view(block))).toBe('block is not in use');
    expect(messageOf(() => memory.view(new HeapMemory().alloc(1)))).toBe('block is not in use');
  });
});

describe('reference', () => {
  it('refuses a filter of another implementation', () => {
    const kernels = reference();
    const block = kernels.memory.alloc(1);
    expect(messageOf(() => kernels.matMul({bytes: 0}, 1)(block, block))).toBe(
      'filter was packed by another implementation',
    );
  });
});
