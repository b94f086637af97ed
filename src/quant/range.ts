/** A closed interval of real values, in the tensor's own units. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** The interval of a tensor that has not been seen yet: the identity of {@link union}. */
export const EMPTY: Range = {min: Infinity, max: -Infinity};

/** Smallest interval that covers both. */
export function union(a: Range, b: Range): Range {
  return {min: Math.min(a.min, b.min), max: Math.max(a.max, b.max)};
}

/** Smallest and largest element; {@link EMPTY} for no elements, NaN where there is a NaN. */
export function rangeOf(values: ArrayLike<number>): Range {
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < values.length; i++) {
    min = Math.min(min, values[i]);
    max = Math.max(max, values[i]);
  }
  return {min, max};
}
