import {numberAttr} from './attributes.js';
import {type ChannelFlow, type ChannelRule, dataInputs} from './channel_flow.js';
import {
  broadcastTo,
  type ChannelMap,
  concatenate,
  isUniform,
  reshape,
  sizeOf,
  take,
  transpose,
} from './channel_map.js';
import type {Node} from './graph.js';

/** Rules of ops that only move values: scales move with them. */

const UNKNOWN_SHAPE = 'the shapes of its tensors are not known';

/** Wraps a rule that needs no care where the operand has one scale: so has the result. */
function moving(rule: (map: ChannelMap, node: Node, flow: ChannelFlow) => ReturnType<ChannelRule>) {
  return (node: Node, flow: ChannelFlow): ReturnType<ChannelRule> => {
    const map = flow.mapOf(node.inputs[0]);
    return isUniform(map) ? map : rule(flow.fullMapOf(node.inputs[0]), node, flow);
  };
}

const reshaped = moving((map, node, flow) => {
  const from = flow.shapeOf(node.inputs[0]);
  const to = flow.shapeOf(node.name);
  if (from === undefined || to === undefined || sizeOf(from) !== sizeOf(to)) return UNKNOWN_SHAPE;
  return reshape(map, from, to) ?? 'its result is too large to follow';
});

const transposed = moving((map, node, flow) => {
  const permutation = flow.integers(node, 1);
  return permutation ? transpose(map, [...permutation]) : 'its permutation is not constant';
});

/** Zeros may stand for any scale, and so may what no maximum will choose. */
const padded: ChannelRule = (node, flow) => {
  const padding = node.op === 'PadV2' ? flow.graph.floatInput(node, 2)?.values[0] : 0;
  const isNeutral = padding === 0 || isMask(padding, node, flow);
  return isNeutral ? widened(node, flow) : 'it does not pad with zeros';
};

const widened = moving((map, node, flow) => {
  const amounts = flow.integers(node, 1);
  const from = flow.shapeOf(node.inputs[0]);
  const to = flow.shapeOf(node.name);
  return map.shape.reduce<ChannelMap | string>((result, size, axis) => {
    if (typeof result === 'string' || size === 1 || (from && from[axis] === to?.[axis]))
      return result;
    if (amounts === undefined) return 'the widths of its padding are not constant';
    const [before, after] = amounts.subarray(2 * axis, 2 * axis + 2);
    const places = range(-before, size + after).map(at => (at < size ? Math.max(at, -1) : -1));
    return take(result, axis, places, () => flow.variables.create(1)[0]);
  }, map);
});

/** Lower than any value, and on its way to maxima. */
function isMask(padding: number | undefined, node: Node, {graph}: ChannelFlow): boolean {
  const onlyMaxima = ({name}: Node): boolean =>
    !graph.isOutput(name) &&
    graph
      .users(name)
      .every(user => user.op === 'MaxPool' || (user.op === 'Transpose' && onlyMaxima(user)));
  return padding !== undefined && padding < -1e30 && onlyMaxima(node);
}

const mirrored = moving((map, node, flow) => {
  const from = flow.shapeOf(node.inputs[0]);
  const to = flow.shapeOf(node.name);
  if (from === undefined || to === undefined) return UNKNOWN_SHAPE;
  const isAcross = map.shape.some((size, axis) => size > 1 && from[axis] !== to[axis]);
  return isAcross ? 'it mirrors channels' : map;
});

const gathered = moving((map, node, flow) => {
  const indices = flow.graph.constantInput(node, 1);
  const axis = wrap(flow.integers(node, 2)?.[0] ?? 0, map.shape.length);
  if (indices?.dtype !== 'int32' || indices.shape.length !== 1)
    return 'its indices are not constant';
  return map.shape[axis] === 1 ? map : take(map, axis, indices.values);
});

const sliced = moving((map, node, flow) => {
  const begin = flow.integers(node, 1);
  const size = flow.integers(node, 2);
  if (begin === undefined || size === undefined) return 'its bounds are not constant';
  return map.shape.reduce((result, length, axis) => {
    if (length === 1) return result;
    const count = size[axis] < 0 ? length - begin[axis] : size[axis];
    return take(result, axis, range(begin[axis], begin[axis] + count));
  }, map);
});

const strided = moving((map, node, flow) => {
  const [begin, end, strides] = [1, 2, 3].map(i => flow.integers(node, i));
  if (!begin || !end || !strides) return 'its bounds are not constant';
  const mask = (name: string, axis: number) => (numberAttr(node.attrs, name, 0) >> axis) & 1;
  if (numberAttr(node.attrs, 'ellipsis_mask', 0) || numberAttr(node.attrs, 'new_axis_mask', 0)) {
    return 'its bounds have an ellipsis or a new axis';
  }
  const removed = new Set<number>();
  const result = map.shape.reduce((part, length, axis) => {
    if (axis >= begin.length) return part;
    if (mask('shrink_axis_mask', axis)) removed.add(axis);
    if (length === 1) return part;
    const first = wrap(begin[axis], length);
    if (removed.has(axis)) return take(part, axis, [first]);
    const from = mask('begin_mask', axis) ? undefined : first;
    const to = mask('end_mask', axis) ? undefined : wrap(end[axis], length);
    return take(part, axis, steps(length, from, to, strides[axis]));
  }, map);
  return without(result, removed);
});

const spaceToDepth = moving((map, node, flow) => {
  const {scales} = flow.tieAll(map, [0, 1, 2]);
  const blocks = numberAttr(node.attrs, 'block_size', 1) ** 2;
  const wide = broadcastTo({shape: [1, scales.length], scales}, [blocks, scales.length]);
  if (wide === undefined) return 'its result is too large to follow';
  return {shape: [1, 1, 1, blocks * scales.length], scales: wide.scales};
});

/** SpaceToBatchND and back: height and width become samples. */
const batched = moving((map, _, flow) =>
  flow.tieAll(map, map.shape.map((__, axis) => axis).slice(0, -1)),
);

const concatenated: ChannelRule = (node, flow) => {
  const refs = dataInputs(node);
  const axis = flow.integers(node, refs.length - 1)?.[0];
  return axis === undefined ? 'its axis is not constant' : joined(refs.slice(0, -1), axis, flow);
};

function joined(refs: readonly string[], axis: number, flow: ChannelFlow) {
  const shapes = refs.map(ref => flow.shapeOf(ref));
  const parts: ChannelMap[] = [];
  for (const [i, shape] of shapes.entries()) {
    if (shape === undefined) return UNKNOWN_SHAPE;
    const map = flow.fullMapOf(refs[i]);
    const at = wrap(axis, shape.length);
    const part = broadcastTo(
      map,
      map.shape.map((size, a) => (a === at ? shape[at] : size)),
    );
    if (part === undefined) return 'its result is too large to follow';
    parts.push(part);
  }
  const at = wrap(axis, parts[0].shape.length);
  return concatenate(parts, at) ?? 'its result is too large to follow';
}

const packed: ChannelRule = (node, flow) => {
  const maps = dataInputs(node).map(ref => flow.fullMapOf(ref));
  const rank = Math.max(...maps.map(({shape}) => shape.length));
  const axis = wrap(numberAttr(node.attrs, 'axis', 0), rank + 1);
  if (maps.some(({shape}) => shape.length !== rank)) return UNKNOWN_SHAPE;
  const parts = maps.map(({shape, scales}) => ({
    shape: [...shape.slice(0, axis), 1, ...shape.slice(axis)],
    scales,
  }));
  return concatenate(parts, axis) ?? 'its result is too large to follow';
};

const unpacked: ChannelRule = (node, flow) => {
  const map = flow.fullMapOf(node.inputs[0]);
  const axis = wrap(numberAttr(node.attrs, 'axis', 0), map.shape.length);
  const count = numberAttr(node.attrs, 'num', 1);
  return range(0, count).map(i => {
    if (isUniform(map)) return map;
    return without(map.shape[axis] === 1 ? map : take(map, axis, [i]), new Set([axis]));
  });
};

const split: ChannelRule = (node, flow) => {
  const count = numberAttr(node.attrs, 'num_split', 1);
  return cut(node.inputs[1], flow.integers(node, 0)?.[0], flow, total =>
    new Array<number>(count).fill(total / count),
  );
};

const splitV: ChannelRule = (node, flow) => {
  const sizes = flow.integers(node, 1);
  if (sizes === undefined) return 'its sizes are not constant';
  const known = [...sizes].filter(size => size >= 0).reduce((sum, size) => sum + size, 0);
  return cut(node.inputs[0], flow.integers(node, 2)?.[0], flow, total =>
    [...sizes].map(size => (size < 0 ? total - known : size)),
  );
};

/** Consecutive parts of a tensor along an axis. */
function cut(
  ref: string,
  axis: number | undefined,
  flow: ChannelFlow,
  sizesOf: (total: number) => readonly number[],
): readonly ChannelMap[] | string {
  const map = flow.fullMapOf(ref);
  if (axis === undefined) return 'its axis is not constant';
  const at = wrap(axis, map.shape.length);
  let begin = 0;
  return sizesOf(map.shape[at] ?? 1).map(size => {
    if (isUniform(map) || map.shape[at] === 1) return map;
    begin += size;
    return take(map, at, range(begin - size, begin));
  });
}

function without(map: ChannelMap, axes: ReadonlySet<number>): ChannelMap {
  return {shape: map.shape.filter((_, axis) => !axes.has(axis)), scales: map.scales};
}

function wrap(index: number, length: number): number {
  return index < 0 ? index + length : index;
}

function range(begin: number, end: number): number[] {
  return Array.from({length: Math.max(0, end - begin)}, (_, i) => begin + i);
}

/** Places that Python's slice(from, to, stride) takes of `length`. */
function steps(length: number, from: number | undefined, to: number | undefined, stride: number) {
  const places: number[] = [];
  const first = from ?? (stride > 0 ? 0 : length - 1);
  const last = to ?? (stride > 0 ? length : -1);
  const isInside = (at: number) => (stride > 0 ? at < Math.min(last, length) : at > last);
  for (let at = Math.min(first, length - 1); isInside(at); at += stride) places.push(at);
  return places;
}

/** By op. */
export const MOVING_RULES: Readonly<Record<string, ChannelRule>> = {
  Reshape: reshaped,
  Squeeze: reshaped,
  ExpandDims: reshaped,
  Transpose: transposed,
  Pad: padded,
  PadV2: padded,
  MirrorPad: mirrored,
  GatherV2: gathered,
  Slice: sliced,
  StridedSlice: strided,
  SpaceToDepth: spaceToDepth,
  SpaceToBatchND: batched,
  BatchToSpaceND: batched,
  ConcatV2: concatenated,
  Pack: packed,
  Unpack: unpacked,
  Split: split,
  SplitV: splitV,
};
