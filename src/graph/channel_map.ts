/**
 * Which scale variable each element of a tensor has. An axis along which it does not vary has length 1,
 * and leading axes of length 1 may be missing, as numpy broadcasts: a convolution's output is
 * [1, 1, 1, C] or [C], what is flattened behind it [1, H·W·C], and a tensor of one scale [].
 */
export interface ChannelMap {
  readonly shape: readonly number[];
  /** Row-major over `shape`. */
  readonly scales: Int32Array;
}

/** The largest map that is worth following; what is wider than this is no channel any more. */
const MOST_ELEMENTS = 1 << 21;

export function uniform(scale: number): ChannelMap {
  return {shape: [], scales: Int32Array.of(scale)};
}

export function isUniform({scales}: ChannelMap): boolean {
  return scales.length === 1;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Scales along the last axis of a tensor of the given rank. */
export function alongLastAxis(scales: Int32Array, rank: number): ChannelMap {
  return {shape: [...new Array<number>(rank - 1).fill(1), scales.length], scales};
}

/** The map with axes of length 1 in front, up to `rank`. */
export function withRank({shape, scales}: ChannelMap, rank: number): ChannelMap {
  return {
    shape: [...new Array<number>(Math.max(0, rank - shape.length)).fill(1), ...shape],
    scales,
  };
}

/** The shape that numpy gives the result of an elementwise operation; undefined where there is none. */
export function broadcastShape(
  a: readonly number[],
  b: readonly number[],
): readonly number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const m = a[axis - rank + a.length] ?? 1;
    const n = b[axis - rank + b.length] ?? 1;
    if (m !== n && m !== 1 && n !== 1) return undefined;
    shape.push(m === 1 ? n : m);
  }
  return shape;
}

/** The map repeated to `shape`, which it must broadcast to; undefined if that is too large. */
export function broadcastTo(map: ChannelMap, shape: readonly number[]): ChannelMap | undefined {
  if (sizeOf(shape) > MOST_ELEMENTS) return undefined;
  const own = withRank(map, shape.length);
  if (own.shape.every((size, axis) => size === shape[axis])) return own;
  const strides = stridesOf(own.shape).map((stride, axis) => (own.shape[axis] === 1 ? 0 : stride));
  return {shape, scales: strided(own.scales, shape, strides)};
}

export function transpose(map: ChannelMap, permutation: readonly number[]): ChannelMap {
  const own = withRank(map, permutation.length);
  const strides = stridesOf(own.shape);
  const shape = permutation.map(axis => own.shape[axis]);
  return {
    shape,
    scales: strided(
      own.scales,
      shape,
      permutation.map(axis => strides[axis]),
    ),
  };
}

/** The elements of one axis at the given places; a place that is none (−1) gets the scale `filler` makes. */
export function take(
  map: ChannelMap,
  axis: number,
  places: ArrayLike<number>,
  filler: () => number = () => 0,
): ChannelMap {
  const {shape, scales} = map;
  const inner = sizeOf(shape.slice(axis + 1));
  const outer = sizeOf(shape.slice(0, axis));
  const taken = new Int32Array(outer * places.length * inner);
  for (let o = 0, at = 0; o < outer; o++) {
    for (let p = 0; p < places.length; p++) {
      const from = (o * shape[axis] + places[p]) * inner;
      for (let i = 0; i < inner; i++) taken[at++] = places[p] < 0 ? filler() : scales[from + i];
    }
  }
  return {shape: shape.map((size, a) => (a === axis ? places.length : size)), scales: taken};
}

/** Maps side by side along an axis; all have their full length there, and one rank. */
export function concatenate(maps: readonly ChannelMap[], axis: number): ChannelMap | undefined {
  const lengths = maps.map(({shape}) => shape[axis]);
  const others = maps
    .map(({shape}) => shape.map((size, a) => (a === axis ? 1 : size)))
    .reduce<readonly number[] | undefined>((a, b) => a && broadcastShape(a, b), []);
  if (others === undefined) return undefined;
  const parts = maps.map((map, i) =>
    broadcastTo(
      map,
      others.map((size, a) => (a === axis ? lengths[i] : size)),
    ),
  );
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const shape = others.map((size, a) => (a === axis ? total : size));
  const outer = sizeOf(shape.slice(0, axis));
  const scales = new Int32Array(sizeOf(shape));
  for (let o = 0, at = 0; o < outer; o++) {
    for (const part of parts) {
      if (part === undefined) return undefined;
      const run = part.scales.length / outer;
      scales.set(part.scales.subarray(o * run, (o + 1) * run), at);
      at += run;
    }
  }
  return {shape, scales};
}

/**
 * The map of a tensor that is reshaped. Axes that stay together stay short: only those that are cut or
 * joined are written out in full.
 *
 * @returns undefined if that is too large
 */
export function reshape(
  map: ChannelMap,
  from: readonly number[],
  to: readonly number[],
): ChannelMap | undefined {
  const own = withRank(map, from.length);
  const full: number[] = [];
  const shape: number[] = [];
  for (const [[a, b], [c, d]] of matchingAxes(from, to)) {
    const sizes = own.shape.slice(a, b);
    const isShort = sizes.every(size => size === 1);
    full.push(...(isShort ? sizes : from.slice(a, b)));
    shape.push(...to.slice(c, d).map(size => (isShort ? 1 : size)));
  }
  const wide = broadcastTo(own, full);
  return wide && shorten({shape, scales: wide.scales});
}

/** The map with length 1 along each axis along which it does not vary. */
function shorten(map: ChannelMap): ChannelMap {
  return map.shape.reduce((short, _, axis) => {
    const first = take(short, axis, [0]);
    const again = broadcastTo(first, short.shape);
    return again?.scales.every((scale, i) => scale === short.scales[i]) ? first : short;
  }, map);
}

type Span = readonly [start: number, end: number];

/** The shortest runs of axes of two shapes of one size that hold the same number of elements. */
function matchingAxes(
  from: readonly number[],
  to: readonly number[],
): Array<readonly [Span, Span]> {
  const runs: Array<readonly [Span, Span]> = [];
  for (let i = 0, j = 0; i < from.length || j < to.length;) {
    const [a, c] = [i, j];
    let m = from[i++] ?? 1;
    let n = to[j++] ?? 1;
    while (m !== n && i <= from.length && j <= to.length) {
      if (m < n) m *= from[i++] ?? 1;
      else n *= to[j++] ?? 1;
    }
    runs.push([
      [a, Math.min(i, from.length)],
      [c, Math.min(j, to.length)],
    ]);
  }
  return runs;
}

function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

/** Reads a row-major array of `shape`, whose axes lie `strides` apart in `scales`. */
function strided(scales: Int32Array, shape: readonly number[], strides: readonly number[]) {
  const out = new Int32Array(sizeOf(shape));
  const index = shape.map(() => 0);
  for (let i = 0, at = 0; i < out.length; i++) {
    out[i] = scales[at];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis];
      if (++index[axis] < shape[axis]) break;
      at -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return out;
}
