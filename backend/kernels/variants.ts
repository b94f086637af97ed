import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {Int8Backend} from '../int8_backend.js';

interface Variant<T> {
  readonly key: readonly unknown[];
  readonly value: T;
}

/**
 * A value made from a constant and from what else is in `key` (attributes, data ids of further
 * constants). Built once for each key, and freed with the constant. Keys are compared element by
 * element, which costs far less than making a string of them at every call.
 *
 * @param kind tells the uses of one constant apart
 */
export function variantOf<T>(
  backend: Int8Backend,
  owner: TensorInfo,
  kind: string,
  key: readonly unknown[],
  build: () => T,
  free?: (value: T) => void,
): T {
  const variants = backend.derived<Variant<T>[]>(
    owner,
    kind,
    () => [],
    all => all.forEach(({value}) => free?.(value)),
  );
  let variant = variants.find(known => sameKey(known.key, key));
  if (variant === undefined) variants.push((variant = {key, value: build()}));
  return variant.value;
}

function sameKey(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
