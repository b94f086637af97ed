import type {DataId} from '@tensorflow/tfjs-core';
import type {Block, Memory} from './microkernels.js';

/** Gives the values of a tensor that has no block; not to be written to. */
export type Restore = () => Int8Array;

interface Entry {
  readonly size: number;
  refCount: number;
  content: Block | Restore;
  /** Written by somebody who may have meant int32: no kernel has asked for its bytes. */
  isUndecided: boolean;
}

/**
 * The int8 tensors of a backend: one byte a value, counted by reference as in any tfjs backend.
 *
 * A tensor's values are a block of the memory, or can be restored from something else that has them: then they get a
 * block when one is asked for.
 */
export class Int8Store {
  private readonly entries = new Map<DataId, Entry>();

  constructor(private readonly memory: Memory) {}

  get size(): number {
    return this.entries.size;
  }

  has(dataId: DataId): boolean {
    return this.entries.has(dataId);
  }

  /** Whether a tensor that is here may as well lie elsewhere as int32. */
  isUndecided(dataId: DataId): boolean {
    return this.entries.get(dataId)?.isUndecided ?? false;
  }

  /** The bytes of a tensor, or undefined if it is not here. */
  block(dataId: DataId): Block | undefined {
    const entry = this.entries.get(dataId);
    if (entry === undefined) return undefined;
    if (typeof entry.content !== 'function') return entry.content;
    const values = entry.content();
    const block = this.memory.alloc(entry.size);
    this.memory.view(block).set(values);
    entry.content = block;
    entry.isUndecided = false;
    return block;
  }

  /** A new tensor of undefined content. */
  create(dataId: DataId, size: number): Block {
    const block = this.memory.alloc(size);
    this.entries.set(dataId, {size, refCount: 1, content: block, isUndecided: false});
    return block;
  }

  /** A new tensor with these values, which gets a block when one is asked for. */
  add(dataId: DataId, values: Int8Array, refCount: number): void {
    const size = values.length;
    this.entries.set(dataId, {size, refCount, content: () => values, isUndecided: true});
  }

  /** Lets go of the values of a tensor: whenever they are needed again, `restore` makes them. */
  replace(dataId: DataId, restore: Restore): void {
    const entry = this.get(dataId);
    this.freeBlock(entry);
    entry.content = restore;
    entry.isUndecided = false;
  }

  /** The values: a view of the block, valid until the next allocation, or restored. */
  values(dataId: DataId): Int8Array {
    const {content} = this.get(dataId);
    return typeof content === 'function' ? content() : this.memory.view(content);
  }

  /** The values, widened: tfjs has no int8 dtype. */
  read(dataId: DataId): Int32Array {
    return new Int32Array(this.values(dataId));
  }

  refCount(dataId: DataId): number {
    return this.entries.get(dataId)?.refCount ?? 0;
  }

  incRef(dataId: DataId): void {
    this.get(dataId).refCount++;
  }

  /** Drops a reference, or with `force` all of them. @returns whether the tensor is gone */
  release(dataId: DataId, force: boolean): boolean {
    const entry = this.get(dataId);
    entry.refCount--;
    if (!force && entry.refCount > 0) return false;
    this.freeBlock(entry);
    return this.entries.delete(dataId);
  }

  clear(): void {
    for (const entry of this.entries.values()) this.freeBlock(entry);
    this.entries.clear();
  }

  private freeBlock({content}: Entry): void {
    if (typeof content !== 'function') this.memory.free(content);
  }

  private get(dataId: DataId): Entry {
    const entry = this.entries.get(dataId);
    if (entry === undefined) throw new Error('int8 backend: the tensor is disposed');
    return entry;
  }
}
