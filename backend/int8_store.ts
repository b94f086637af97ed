import {util, type DataId} from '@tensorflow/tfjs-core';
import type {Block, Memory} from './microkernels.js';

interface Entry {
  readonly block: Block;
  refCount: number;
}

/** The int8 tensors of a backend: one byte a value, counted by reference as in any tfjs backend. */
export class Int8Store {
  private readonly entries = new Map<DataId, Entry>();

  constructor(private readonly memory: Memory) {}

  get size(): number {
    return this.entries.size;
  }

  has(dataId: DataId): boolean {
    return this.entries.has(dataId);
  }

  /** The bytes of a tensor, or undefined if it is not here. */
  block(dataId: DataId): Block | undefined {
    return this.entries.get(dataId)?.block;
  }

  /** A new tensor of undefined content. */
  create(dataId: DataId, shape: readonly number[], refCount = 1): Block {
    const block = this.memory.alloc(util.sizeFromShape([...shape]));
    this.entries.set(dataId, {block, refCount});
    return block;
  }

  /** The values, widened: tfjs has no int8 dtype. */
  read(dataId: DataId): Int32Array {
    return new Int32Array(this.memory.view(this.get(dataId).block));
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
    this.memory.free(entry.block);
    return this.entries.delete(dataId);
  }

  clear(): void {
    for (const {block} of this.entries.values()) this.memory.free(block);
    this.entries.clear();
  }

  private get(dataId: DataId): Entry {
    const entry = this.entries.get(dataId);
    if (entry === undefined) throw new Error('int8 backend: the tensor is disposed');
    return entry;
  }
}
