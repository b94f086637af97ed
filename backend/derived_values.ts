import type {DataId} from '@tensorflow/tfjs-core';

interface Derived {
  readonly value: unknown;
  free(): void;
}

/** Values made from constant tensors (packed filters, tables), which live as long as the tensor. */
export class DerivedValues {
  /** How often values were freed: whoever holds one must get it anew when this has changed. */
  releases = 0;
  private readonly owners = new Map<DataId, Map<string, Derived>>();

  /** The value under `key` of `owner`, built at the first call. */
  get<T>(owner: DataId, key: string, build: () => T, free?: (value: T) => void): T {
    const known = this.owners.get(owner)?.get(key);
    // The key names the value's kind, so the kernel that asks is the kernel that built it.
    if (known !== undefined) return known.value as T;
    const value = build();
    this.valuesOf(owner).set(key, {value, free: () => free?.(value)});
    return value;
  }

  release(owner: DataId): void {
    const values = this.owners.get(owner);
    if (values === undefined) return;
    this.owners.delete(owner);
    this.releases++;
    for (const derived of values.values()) derived.free();
  }

  clear(): void {
    for (const owner of [...this.owners.keys()]) this.release(owner);
  }

  private valuesOf(owner: DataId): Map<string, Derived> {
    let values = this.owners.get(owner);
    if (values === undefined) this.owners.set(owner, (values = new Map<string, Derived>()));
    return values;
  }
}
