import {numberAttr, numbersAttr, stringAttr} from '../../graph/attributes.js';
import {type Constant, floatConstant, int8Constant, intConstant} from '../../graph/constant.js';
import type {Graph, Node} from '../../graph/graph.js';
import {biasValues, type Layer, layerOf} from '../../graph/layer.js';
import {type AccumulatorAttrs, Int8Op, type PaddingMode, type WindowAttrs} from '../../ops.js';
import {INT8, MAX_BITS} from '../../quant/grid.js';
import {FACTOR_BOUND} from '../../quant/multiplier.js';
import {type QuantParams, quantizeValue} from '../../quant/quant_params.js';
import {roundHalfUp} from '../../quant/rounding.js';
import type {QuantizedFilter} from '../plan.js';
import {compositeHeads, compositeOf} from '../unary_functions.js';
import type {Lowering, Rule} from './lowering.js';
import {simulateLayer} from './simulated_layer.js';
import {tableConstant} from './unary.js';

/**
 * Conv2D, depthwise or transposed convolution or MatMul with its bias and its activation, as one op.
 */
export const lowerLayer: Rule = (node, lowering) => {
  const {graph, context} = lowering;
  const filter = context.plan.filters.get(node.name);
  const layer = filter && layerOf(graph, node);
  if (filter === undefined || layer === undefined) return undefined;
  const activation = activationOf(lowering, layer);
  const isFloat = activation.kind === 'dequantize';
  const x = lowering.params(layer.input);
  const out = lowering.params(activation.head.name);
  if (x === undefined || (out === undefined && !isFloat)) {
    return 'the ranges of its tensors are not known';
  }
  const bias = integerBias(biasValues(graph, layer), filter, x);
  const taps = layer.filter.values.length / layer.outChannels;
  const {weightBits, activationBits} = context.options;
  const isInt8 = weightBits <= MAX_BITS && activationBits <= MAX_BITS;
  if (isInt8 && bias.some(b => Math.abs(b) + taps * 255 * 255 >= 2 ** 31)) {
    return 'its sums may exceed 32 bits';
  }
  if (!isFloat && largestFactor(lowering, layer, filter, activation) >= FACTOR_BOUND) {
    return 'one step of its sums is far wider than the range of its output';
  }
  return {
    head: activation.head,
    isFloat,
    emit: target => emitLayer(target, layer, filter, bias, activation),
    simulate: simulation => {
      const inner = activation.kind === 'table' ? [graph.node(layer.output)] : [];
      const onGrids = isFloat ? [] : [...inner, activation.head];
      simulateLayer(simulation, {layer, filter, bias, x}, onGrids);
    },
  };
};

/** What follows the sum of products, up to the node whose value the op makes. */
interface Activation {
  readonly head: Node;
  readonly kind: AccumulatorAttrs['activation'];
  /** ReLU and its caps: the real bounds of the result; per channel where `caps` is given. */
  readonly low?: number;
  readonly high?: number;
  readonly caps?: Float32Array;
  readonly slope?: Float32Array;
  /** For 'table': the function of the sum. */
  readonly apply?: (x: number) => number;
}

function activationOf(lowering: Lowering, layer: Layer): Activation {
  const {graph} = lowering;
  const head = graph.node(layer.output);
  if (isLast(lowering, layer)) return {head, kind: 'dequantize'};
  const user = graph.soleUser(layer.output);
  const simple = user && simpleActivation(graph, user, layer);
  return simple ?? tableActivation(lowering, layer) ?? {head, kind: 'none'};
}

/**
 * Does nothing that is int8 follow? Then the sums leave the layer in float: logits and boxes would
 * lose more on 256 levels than all layers before.
 */
function isLast({feedsLayer, graph, context}: Lowering, {kind, output}: Layer): boolean {
  if (kind === 'depthwise') return false;
  const {carriers} = context.plan;
  const users = graph.users(output);
  const feedsState = users.length > 0 && users.every(({name}) => carriers.has(name));
  return feedsState || !feedsLayer.has(output);
}

function simpleActivation(graph: Graph, user: Node, layer: Layer): Activation | undefined {
  const constant = graph.floatInput(user, 1)?.values;
  switch (user.op) {
    case 'Relu':
      return cappedRelu(graph, user, layer) ?? {head: user, kind: 'none', low: 0};
    case 'Relu6':
      return {head: user, kind: 'none', low: 0, high: 6};
    case 'LeakyRelu': {
      const slope = Float32Array.of(numberAttr(user.attrs, 'alpha', 0.2));
      return {head: user, kind: 'prelu', slope};
    }
    case 'Prelu':
      if (constant?.length !== 1 && constant?.length !== layer.outChannels) return undefined;
      return {head: user, kind: 'prelu', slope: constant};
    default:
      return undefined;
  }
}

/** Minimum(Relu(x), caps), which equalization makes of a ReLU6. */
function cappedRelu(graph: Graph, relu: Node, layer: Layer): Activation | undefined {
  const user = graph.soleUser(relu.name);
  const caps = user?.op === 'Minimum' ? graph.floatInput(user, 1)?.values : undefined;
  if (user === undefined || caps === undefined) return undefined;
  if (caps.length === 1) return {head: user, kind: 'none', low: 0, high: caps[0]};
  return caps.length === layer.outChannels ? {head: user, kind: 'cap', low: 0, caps} : undefined;
}

/**
 * Any other elementwise function of the sum, if nothing else reads the sum. Only inside the network:
 * at its end the caller wants the function in float, not on 256 levels.
 */
function tableActivation(lowering: Lowering, layer: Layer): Activation | undefined {
  const {graph} = lowering;
  if (graph.isOutput(layer.output) || lowering.params(layer.output) === undefined) return undefined;
  const [head, ...others] = compositeHeads(graph, layer.output);
  if (head === undefined || others.length > 0 || !lowering.feedsLayer.has(head)) return undefined;
  if (graph.users(layer.output).some(user => compositeOf(graph, user.name).root !== layer.output)) {
    return undefined;
  }
  const {members, apply} = compositeOf(graph, head);
  if ([...members].some(name => lowering.context.plan.skipped.has(name))) return undefined;
  return {head: graph.node(head), kind: 'table', apply};
}

/** By which a channel's sums are multiplied to come onto the grid that follows them, (3). */
function largestFactor(
  lowering: Lowering,
  {input, output}: Layer,
  filter: QuantizedFilter,
  {head, kind, slope = new Float32Array()}: Activation,
): number {
  const {scale} = lowering.paramsOf(kind === 'table' ? output : head.name);
  const steepest = slope.reduce((most, s) => Math.max(most, Math.abs(s)), 1);
  return (lowering.paramsOf(input).scale * Math.max(...filter.scale) * steepest) / scale;
}

function integerBias(bias: Float32Array, filter: QuantizedFilter, x: QuantParams): Float64Array {
  const {scale} = filter;
  return Float64Array.from(bias, (b, c) =>
    roundHalfUp(b / (x.scale * scale[scale.length > 1 ? c : 0])),
  );
}

function emitLayer(
  lowering: Lowering,
  layer: Layer,
  filter: QuantizedFilter,
  bias: Float64Array,
  activation: Activation,
): void {
  const {head} = activation;
  const name = layer.node.name;
  lowering.context.plan.heads.set(name, head.name);
  const constant = (key: string, value: Constant) =>
    lowering.graph.addConstant(`${name}/${key}`, value);
  const x = lowering.paramsOf(layer.input);
  const {attrs, operand} = accumulator(lowering, layer, activation);
  const inputs = [
    lowering.int8Ref(layer.input),
    constant('filter', int8Constant(filter.values, layer.filter.shape)),
    constant('bias', intConstant(bias)),
    constant('filterScale', floatConstant(filter.scale)),
    constant('filterZeroPoint', intConstant(filter.zeroPoint)),
    ...(layer.kind === 'transposed' ? [layer.node.inputs[0]] : []),
    ...(operand === undefined ? [] : [constant('activation', operand)]),
  ];
  const shared = {...attrs, xScale: x.scale, xZeroPoint: x.zeroPoint};
  if (layer.kind === 'matmul') {
    lowering.emitOp(head, Int8Op.MatMul, inputs, shared);
    return;
  }
  if (layer.kind === 'transposed') {
    lowering.emitOp(head, Int8Op.TransposedConv2D, inputs, {...shared, ...windowAttrs(layer.node)});
    return;
  }
  const [, ...dilations] = numbersAttr(layer.node.attrs, 'dilations', [1, 1, 1, 1]);
  const op = layer.kind === 'conv' ? Int8Op.Conv2D : Int8Op.DepthwiseConv2D;
  lowering.emitOp(head, op, inputs, {
    ...shared,
    ...windowAttrs(layer.node),
    dilations: [dilations[0], dilations[1]],
  });
}

/** Grid, clamp and activation operand. */
function accumulator(
  lowering: Lowering,
  layer: Layer,
  {head, kind, low, high, caps, slope, apply}: Activation,
): {attrs: Omit<AccumulatorAttrs, 'xScale' | 'xZeroPoint'>; operand?: Constant} {
  if (kind === 'dequantize') {
    return {attrs: {outScale: 1, outZeroPoint: 0, lo: INT8.min, hi: INT8.max, activation: kind}};
  }
  const {grid} = lowering;
  const out = lowering.paramsOf(head.name);
  const at = (real: number) => quantizeValue(real, out, grid);
  const attrs = {...lowering.outputAttrs(head.name), activation: kind};
  if (low !== undefined) attrs.lo = at(low);
  if (high !== undefined) attrs.hi = at(high);
  if (caps !== undefined) return {attrs, operand: int8Constant(caps.map(at))};
  if (slope !== undefined) return {attrs, operand: floatConstant(slope)};
  if (apply === undefined) return {attrs};
  const inner = lowering.paramsOf(layer.output);
  return {
    attrs: {
      ...lowering.outputAttrs(layer.output),
      activation: kind,
      tableScale: out.scale,
      tableZeroPoint: out.zeroPoint,
    },
    operand: tableConstant(apply, inner, out, grid),
  };
}

/** Strides and padding of convolutions and pools. */
export function windowAttrs({attrs}: Node): WindowAttrs {
  const [, strideHeight, strideWidth] = numbersAttr(attrs, 'strides', [1, 1, 1, 1]);
  const padding = stringAttr(attrs, 'padding', 'VALID') as PaddingMode;
  const strides: [number, number] = [strideHeight, strideWidth];
  if (padding !== 'EXPLICIT') return {strides, padding};
  const [, , top, bottom, left, right] = numbersAttr(attrs, 'explicit_paddings', []);
  return {strides, padding, explicitPaddings: [top, bottom, left, right]};
}
