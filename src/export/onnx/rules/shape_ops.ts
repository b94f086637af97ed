import {numberAttr, numbersAttr, stringAttr} from '../../../graph/attributes.js';
import type {Node} from '../../../graph/graph.js';
import type {OnnxExporter, Value} from '../exporter.js';
import {bytes} from '../quantize_linear.js';
import type {Rule, Rules} from '../rule.js';
import {floats, int32s, int64s} from '../tensors.js';

const reshape: Rule = (node, exporter) => {
  const x = exporter.asIs(exporter.operand(node, 0));
  const shape = exporter.constant(node, 1);
  const name = exporter.add('Reshape', [x.name, exporter.shapeOperand(node, 1)]);
  exporter.set(node, {
    ...x,
    name,
    rank: shape?.dtype === 'int32' ? shape.values.length : undefined,
  });
};

const transpose: Rule = (node, exporter) => {
  const x = exporter.asIs(exporter.operand(node, 0));
  const perm = exporter.numbers(node, 1, 'permutation');
  exporter.set(node, {...x, name: exporter.add('Transpose', [x.name], {perm}), rank: perm.length});
};

const squeeze: Rule = (node, exporter) => {
  const axes = numbersAttr(node.attrs, 'squeeze_dims', numbersAttr(node.attrs, 'axis', []));
  const given = exporter.operand(node, 0);
  // N and C are in the same order in both layouts.
  const isSpatial = axes.length === 2 && axes.includes(1) && axes.includes(2);
  const x = isSpatial ? given : exporter.asIs(given);
  const mapped = axes.map(axis => exporter.axisOf(x, axis));
  const operand = axes.length > 0 ? [exporter.constantName('axes', int64s(mapped))] : [];
  const rank = x.rank === undefined || axes.length === 0 ? undefined : x.rank - axes.length;
  const name = exporter.add('Squeeze', [x.name, ...operand]);
  exporter.set(node, {...x, name, layout: 'as-is', rank});
};

const expandDims: Rule = (node, exporter) => {
  const x = exporter.asIs(exporter.operand(node, 0));
  exporter.set(node, unsqueezed(exporter, x, exporter.numbers(node, 1, 'axis')[0]));
};

function unsqueezed(exporter: OnnxExporter, x: Value, axis: number): Value {
  const name = exporter.add('Unsqueeze', [x.name, exporter.constantName('axes', int64s([axis]))]);
  return {...x, name, rank: x.rank === undefined ? undefined : x.rank + 1};
}

const concat: Rule = (node, exporter) => {
  const operands = exporter.operands(node);
  const last = operands.length - 1;
  const [axis] = exporter.numbers(node, last, 'axis');
  exporter.set(node, concatenated(exporter, operands.slice(0, last), axis));
};

function concatenated(exporter: OnnxExporter, operands: readonly Value[], axis: number): Value {
  const first = operands.every(({layout}) => layout === 'channels-first');
  const aligned = first ? operands : operands.map(operand => exporter.asIs(operand));
  const name = exporter.add(
    'Concat',
    aligned.map(operand => operand.name),
    {axis: exporter.axisOf(aligned[0], axis)},
  );
  return {...aligned[0], name};
}

const pack: Rule = (node, exporter) => {
  const axis = numberAttr(node.attrs, 'axis', 0);
  const operands = exporter.operands(node).map(value => exporter.asIs(value));
  const parts = operands.map(value => unsqueezed(exporter, value, axis));
  exporter.set(node, concatenated(exporter, parts, axis));
};

const unpack: Rule = (node, exporter) => {
  const axis = numberAttr(node.attrs, 'axis', 0);
  const count = exporter.number(node, 'num');
  const x = exporter.asIs(exporter.operand(node, 0));
  const parts = exporter.addMany('Split', [x.name], {axis, num_outputs: count}, count);
  const rank = x.rank === undefined ? undefined : x.rank - 1;
  parts.forEach((part, i) => {
    const axes = exporter.constantName('axes', int64s([axis]));
    exporter.set(node, {...x, name: exporter.add('Squeeze', [part, axes]), rank}, i);
  });
};

/** The axis comes first. */
const split: Rule = (node, exporter) => {
  const [axis] = exporter.numbers(node, 0, 'axis');
  const count = exporter.number(node, 'num_split');
  const x = exporter.operand(node, 1);
  const attributes = {axis: exporter.axisOf(x, axis), num_outputs: count};
  const parts = exporter.addMany('Split', [x.name], attributes, count);
  parts.forEach((name, i) => exporter.set(node, {...x, name}, i));
};

const splitV: Rule = (node, exporter) => {
  const sizes = exporter.numbers(node, 1, 'sizes');
  const [axis] = exporter.numbers(node, 2, 'axis');
  if (sizes.includes(-1)) throw exporter.error(node, 'one of its sizes is open');
  const x = exporter.operand(node, 0);
  const inputs = [x.name, exporter.constantName('sizes', int64s(sizes))];
  const attributes = {axis: exporter.axisOf(x, axis)};
  const parts = exporter.addMany('Split', inputs, attributes, sizes.length);
  parts.forEach((name, i) => exporter.set(node, {...x, name}, i));
};

const pad: Rule = (node, exporter) => {
  const x = exporter.operand(node, 0);
  const value = node.op === 'PadV2' ? exporter.numbers(node, 2, 'padding value')[0] : 0;
  padded(node, exporter, x, [paddingValue(exporter, x, value)], 'constant');
};

const mirrorPad: Rule = (node, exporter) => {
  if (stringAttr(node.attrs, 'mode', 'REFLECT') !== 'REFLECT') {
    throw exporter.error(node, 'it repeats the border itself');
  }
  padded(node, exporter, exporter.operand(node, 0), [], 'reflect');
};

function padded(
  node: Node,
  exporter: OnnxExporter,
  x: Value,
  operands: readonly string[],
  mode: string,
): void {
  const paddings = exporter.numbers(node, 1, 'paddings');
  const rank = paddings.length / 2;
  const [before, after] = [new Array<number>(rank), new Array<number>(rank)];
  for (let axis = 0; axis < rank; axis++) {
    before[exporter.axisOf(x, axis)] = paddings[2 * axis];
    after[exporter.axisOf(x, axis)] = paddings[2 * axis + 1];
  }
  const pads = exporter.constantName('pads', int64s([...before, ...after]));
  exporter.set(node, {...x, name: exporter.add('Pad', [x.name, pads, ...operands], {mode})});
}

function paddingValue(exporter: OnnxExporter, {type}: Value, value: number): string {
  const tensor =
    type === exporter.byteType
      ? bytes(exporter.byteType, [value], [])
      : (type === 'int32' ? int32s : floats)([value], []);
  return exporter.constantName('padding', tensor);
}

const slice: Rule = (node, exporter) => {
  const x = exporter.operand(node, 0);
  const begin = exporter.numbers(node, 1, 'begin');
  const size = exporter.numbers(node, 2, 'size');
  const axes = begin.map((_, axis) => axis);
  const end = begin.map((b, axis) => (size[axis] === -1 ? END : b + size[axis]));
  exporter.set(node, sliced(exporter, x, {begin, end, axes, steps: axes.map(() => 1)}));
};

/** Beyond any size: up to the end. */
const END = 2 ** 31 - 1;

interface Slices {
  readonly begin: readonly number[];
  readonly end: readonly number[];
  readonly steps: readonly number[];
  readonly axes: readonly number[];
}

function sliced(exporter: OnnxExporter, x: Value, {begin, end, axes, steps}: Slices): Value {
  const constant = (role: string, values: readonly number[]) =>
    exporter.constantName(role, int64s(values));
  const name = exporter.add('Slice', [
    x.name,
    constant('begin', begin),
    constant('end', end),
    constant(
      'axes',
      axes.map(axis => exporter.axisOf(x, axis)),
    ),
    constant('steps', steps),
  ]);
  return {...x, name};
}

const stridedSlice: Rule = (node, exporter) => {
  const mask = (name: string) => numberAttr(node.attrs, name, 0);
  if (mask('ellipsis_mask') !== 0 || mask('new_axis_mask') !== 0) {
    throw exporter.error(node, 'it has an ellipsis or adds an axis');
  }
  const has = (name: string, axis: number) => (mask(name) & (1 << axis)) !== 0;
  const [begin, end, steps] = ['begin', 'end', 'strides'].map((what, i) =>
    exporter.numbers(node, i + 1, what),
  );
  const axes = begin.map((_, axis) => axis);
  const shrunk = axes.filter(axis => has('shrink_axis_mask', axis));
  const from = axes.map(axis =>
    has('begin_mask', axis) ? (steps[axis] > 0 ? 0 : END) : begin[axis],
  );
  const to = axes.map(axis => {
    if (shrunk.includes(axis)) return begin[axis] === -1 ? END : begin[axis] + 1;
    if (!has('end_mask', axis)) return end[axis];
    return steps[axis] > 0 ? END : -END;
  });
  const given = exporter.operand(node, 0);
  const x = shrunk.length > 0 ? exporter.asIs(given) : given;
  const part = sliced(exporter, x, {begin: from, end: to, steps, axes});
  if (shrunk.length === 0) {
    exporter.set(node, part);
    return;
  }
  const name = exporter.add('Squeeze', [part.name, exporter.constantName('axes', int64s(shrunk))]);
  const rank = x.rank === undefined ? undefined : x.rank - shrunk.length;
  exporter.set(node, {...part, name, rank});
};

const reverse: Rule = (node, exporter) => {
  const axes = exporter.numbers(node, 1, 'axes');
  const all = (value: number) => axes.map(() => value);
  const slices = {begin: all(END), end: all(-END), steps: all(-1), axes};
  exporter.set(node, sliced(exporter, exporter.operand(node, 0), slices));
};

const gather: Rule = (node, exporter) => {
  const [x, indices] = [0, 1].map(i => exporter.asIs(exporter.operand(node, i)));
  const axis = node.op === 'GatherV2' ? exporter.numbers(node, 2, 'axis')[0] : 0;
  const name = exporter.add('Gather', [x.name, indices.name], {axis});
  const rank =
    x.rank === undefined || indices.rank === undefined ? undefined : x.rank - 1 + indices.rank;
  exporter.set(node, {...x, name, rank});
};

const tile: Rule = (node, exporter) => {
  const x = exporter.asIs(exporter.operand(node, 0));
  exporter.set(node, {...x, name: exporter.add('Tile', [x.name, exporter.shapeOperand(node, 1)])});
};

const blocks =
  (op: string): Rule =>
  (node, exporter) => {
    const x = exporter.channelsFirst(exporter.operand(node, 0));
    const blocksize = exporter.number(node, 'block_size');
    exporter.set(node, {...x, name: exporter.add(op, [x.name], {blocksize})});
  };

const shape: Rule = (node, exporter) => {
  const x = exporter.asIs(exporter.operand(node, 0));
  const name = exporter.add('Cast', [exporter.add('Shape', [x.name])], {to: 6});
  exporter.set(node, {name, type: 'int32', layout: 'as-is', rank: 1});
};

export const SHAPE_OPS: Rules = {
  Reshape: reshape,
  Transpose: transpose,
  Squeeze: squeeze,
  ExpandDims: expandDims,
  ConcatV2: concat,
  Pack: pack,
  Unpack: unpack,
  Split: split,
  SplitV: splitV,
  Pad: pad,
  PadV2: pad,
  MirrorPad: mirrorPad,
  Slice: slice,
  StridedSlice: stridedSlice,
  ReverseV2: reverse,
  Gather: gather,
  GatherV2: gather,
  Tile: tile,
  DepthToSpace: blocks('DepthToSpace'),
  SpaceToDepth: blocks('SpaceToDepth'),
  Shape: shape,
};
