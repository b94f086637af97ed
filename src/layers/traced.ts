/** Sizes of a tensor; −1 where a size is open. */
export type Shape = readonly number[];

/** A tensor of the graph that is being built. */
export interface Traced {
  readonly ref: string;
  readonly shape: Shape;
  readonly dtype: 'float32' | 'int32' | 'bool';
  /** A Masking or an Embedding before it tells which time steps count. */
  readonly masked?: boolean;
  /** A sequence [batch, steps, channels] as the image of height 1 that it was made from. */
  readonly image?: Traced;
}

/** What layers hand on: as `x`, with another reference, shape or mask. */
export function elementCount(shape: Shape): number {
  return shape.reduce((a, b) => (a < 0 || b < 0 ? -1 : a * b), 1);
}

/** `axis` counted from the front. */
export function fromFront(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

export function range(start: number, end: number): number[] {
  return Array.from({length: Math.max(end - start, 0)}, (_, i) => start + i);
}
