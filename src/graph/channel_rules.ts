import {booleanAttr, numberAttr, stringAttr} from './attributes.js';
import {type ChannelFlow, type ChannelRule, dataInputs} from './channel_flow.js';
import {broadcastShape, broadcastTo, type ChannelMap, isUniform, sizeOf} from './channel_map.js';
import {MOVING_RULES} from './channel_moves.js';
import type {Node} from './graph.js';

/** f(s · x) = s · f(x) element by element; other operands are slopes, which stay as they are. */
const homogeneous: ChannelRule = (node, flow) => flow.mapOf(node.inputs[0]);

/** Linear or a maximum over a window of height and width: these must share a scale, channels need not. */
const overSpace: ChannelRule = (node, flow) => {
  if (stringAttr(node.attrs, 'data_format', 'NHWC') !== 'NHWC') return 'it is not NHWC';
  return flow.tieAll(flow.fullMapOf(node.inputs[0]), [1, 2]);
};

/** Sums, differences, maxima: all operands have the scale of the result, constants by division. */
const elementwise: ChannelRule = (node, flow) => {
  const [first, ...others] = dataInputs(node);
  const constant = [0, 1].find(i => flow.graph.floatInput(node, i) !== undefined);
  if (constant !== undefined && others.length === 1) return withConstant(node, constant, flow);
  return others.reduce<ChannelMap | string>(
    (map, ref) =>
      typeof map === 'string'
        ? map
        : (flow.unite(map, flow.mapOf(ref)) ?? 'the shapes of its operands are not known'),
    flow.mapOf(first),
  );
};

/**
 * A constant number for all channels would become one for each. Then the function is no longer one table for
 * int8 tensors, as that of a hard sigmoid is; only a cap is as good for each channel.
 */
function withConstant(node: Node, operand: number, flow: ChannelFlow): ChannelMap | string {
  const map = flow.mapOf(node.inputs[1 - operand]);
  const {shape, values} = flow.graph.floatInput(node, operand) ?? {shape: [], values: []};
  if (values.every(value => value === 0)) return map;
  if (values.length === 1 && !isUniform(map) && !isCap(node, flow)) {
    return `${node.op} has one constant for all channels`;
  }
  const wide = broadcastShape(map.shape, shape);
  if (wide === undefined || broadcastTo(map, wide) === undefined) {
    return 'its constant would be too large';
  }
  flow.constants.push({node, operand});
  return map;
}

/** Minimum(Relu(x), constant), which is a ReLU6 of another height? */
function isCap(node: Node, {graph}: ChannelFlow): boolean {
  return node.op === 'Minimum' && graph.producer(node, 0)?.op === 'Relu';
}

/** A product has the scale of one factor; the other, such as the gate of a squeeze-excite, must have 1. */
const product: ChannelRule = (node, flow) => {
  const [a, b] = dataInputs(node);
  if (flow.graph.floatInput(node, 1) !== undefined) return flow.mapOf(a);
  if (flow.graph.floatInput(node, 0) !== undefined) return flow.mapOf(b);
  const [x, y] = [flow.mapOf(a), flow.mapOf(b)];
  if (flow.isBlocked(y)) return x;
  if (flow.isBlocked(x)) return y;
  const size = (ref: string) => sizeOf(flow.shapeOf(ref) ?? []);
  const [scaled, gate] = size(b) > size(a) ? [y, x] : [x, y];
  flow.block(gate, `it is multiplied by another tensor ('${node.name}')`);
  return scaled;
};

const quotient: ChannelRule = (node, flow) => {
  const [a, b] = dataInputs(node);
  if (flow.graph.floatInput(node, 1) === undefined) {
    flow.block(flow.mapOf(b), `it is divided by ('${node.name}')`);
  }
  return flow.mapOf(a);
};

/** Mean, Sum, Max, Min over axes along which scales do not differ. */
const reduction: ChannelRule = (node, flow) => {
  const map = flow.fullMapOf(node.inputs[0]);
  if (isUniform(map)) return flow.mapOf(node.inputs[0]);
  const axes = flow.integers(node, 1);
  if (axes === undefined) return `the axes of ${node.op} are not constant`;
  const reduced = new Set([...axes].map(axis => (axis < 0 ? axis + map.shape.length : axis)));
  if ([...reduced].some(axis => map.shape[axis] !== 1)) return `${node.op} is over channels`;
  if (booleanAttr(node.attrs, 'keep_dims', false)) return map;
  return {shape: map.shape.filter((_, axis) => !reduced.has(axis)), scales: map.scales};
};

/** A slope for each place is fine: it stays as it is. */
const prelu: ChannelRule = (node, flow) =>
  flow.graph.floatInput(node, 1) === undefined
    ? 'the slopes of Prelu are not constant'
    : flow.mapOf(node.inputs[0]);

const relu6: ChannelRule = (node, flow) => {
  flow.relu6.push(node);
  return flow.mapOf(node.inputs[0]);
};

/** Reads shapes, not values. */
const shapeOnly: ChannelRule = (node, flow) => flow.opaque(`${node.op} has no channels`);

/** [N, H, W, b·b·C] → [N, H·b, W·b, C]: what lands in one channel must share a scale. */
const depthToSpace: ChannelRule = (node, flow) => {
  const map = flow.tieAll(flow.fullMapOf(node.inputs[0]), [0, 1, 2]);
  if (isUniform(map)) return map;
  const blocks = numberAttr(node.attrs, 'block_size', 1) ** 2;
  const channels = map.scales.length / blocks;
  const cut = {shape: [1, 1, 1, blocks, channels], scales: map.scales};
  return {shape: [1, 1, 1, channels], scales: flow.tie(cut, 3).scales};
};

const RULES: Readonly<Record<string, ChannelRule>> = {
  ...MOVING_RULES,
  ...record(['Relu', 'LeakyRelu', 'Abs', 'Neg', 'Identity', 'StopGradient'], homogeneous),
  ...record(['MaxPool', 'AvgPool', 'ResizeBilinear', 'ResizeNearestNeighbor'], overSpace),
  ...record(['Add', 'AddV2', 'AddN', 'Sub', 'Maximum', 'Minimum', 'BiasAdd'], elementwise),
  ...record(['Mean', 'Sum', 'Max', 'Min'], reduction),
  ...record(['RealDiv', 'Div'], quotient),
  ...record(['Shape', 'ShapeN', 'Rank', 'Size', 'ZerosLike', 'OnesLike'], shapeOnly),
  Mul: product,
  Prelu: prelu,
  Relu6: relu6,
  DepthToSpace: depthToSpace,
};

export function channelRule(op: string): ChannelRule | undefined {
  return Object.hasOwn(RULES, op) ? RULES[op] : undefined;
}

function record<T>(keys: readonly string[], value: T): Record<string, T> {
  return Object.fromEntries(keys.map(key => [key, value]));
}
