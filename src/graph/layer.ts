import {booleanAttr, stringAttr} from './attributes.js';
import {floatConstant, type FloatConstant} from './constant.js';
import type {Graph, Node} from './graph.js';

export type LayerKind = 'conv' | 'depthwise' | 'transposed' | 'matmul';

/**
 * A linear layer with a constant filter, and its bias:
 *
 *   output = BiasAdd(node(x, filter), bias)
 *
 * Seen through it, a filter is [taps, inChannels, outChannels]; that of a transposed convolution
 * [taps, outChannels, inChannels]; a depthwise one [taps, outChannels], where output channel c reads
 * input channel ⌊c / multiplier⌋. There are no grouped convolutions: tfjs runs none, and converters write
 * them as Split, Conv2D and ConcatV2.
 */
export interface Layer {
  readonly kind: LayerKind;
  readonly node: Node;
  /** The tensor that it filters. */
  readonly input: string;
  /** HWIO, HWIM, HWOI or [K, N]. */
  readonly filter: FloatConstant;
  readonly inChannels: number;
  readonly outChannels: number;
  /** The BiasAdd, if there is one. */
  readonly bias?: Node;
  /** The node whose value is filter · x + bias. */
  readonly output: string;
}

const KINDS: Readonly<Record<string, LayerKind>> = {
  Conv2D: 'conv',
  DepthwiseConv2dNative: 'depthwise',
  Conv2DBackpropInput: 'transposed',
  MatMul: 'matmul',
};

/** Fused forms, and the linear layer at the heart of each. */
export const FUSED_LAYERS: Readonly<Record<string, string>> = {
  _FusedConv2D: 'Conv2D',
  FusedDepthwiseConv2dNative: 'DepthwiseConv2dNative',
  _FusedMatMul: 'MatMul',
};

export function isLayerOp(op: string): boolean {
  return op in KINDS;
}

/** `node` as a layer, or the reason why it is none. */
export function layerOrReason(graph: Graph, node: Node): Layer | string {
  const kind = KINDS[node.op];
  if (kind === undefined) return `'${node.op}' is not a linear layer`;
  const filter = graph.floatInput(node, 1);
  if (filter === undefined) return 'its filter is not a float32 constant';
  if (kind === 'matmul') {
    if (booleanAttr(node.attrs, 'transpose_a', false)) return 'its operand is transposed';
    if (booleanAttr(node.attrs, 'transpose_b', false)) return 'its filter is transposed';
  } else if (stringAttr(node.attrs, 'data_format', 'NHWC') !== 'NHWC') {
    return 'its layout is not NHWC';
  }
  const {inChannels, outChannels} = channelCounts(kind, filter);
  const bias = biasOf(graph, node, outChannels);
  const input = node.inputs[kind === 'transposed' ? 2 : 0];
  const output = (bias ?? node).name;
  return {kind, node, input, filter, inChannels, outChannels, bias, output};
}

function channelCounts(kind: LayerKind, {shape}: FloatConstant) {
  const [a, b] = shape.slice(-2);
  if (kind === 'transposed') return {inChannels: b, outChannels: a};
  return {inChannels: a, outChannels: kind === 'depthwise' ? a * b : b};
}

/** `node` as a layer, or undefined. */
export function layerOf(graph: Graph, node: Node): Layer | undefined {
  const layer = layerOrReason(graph, node);
  return typeof layer === 'string' ? undefined : layer;
}

export function layersOf(graph: Graph): Layer[] {
  return graph.nodes.flatMap(node => layerOf(graph, node) ?? []);
}

function biasOf(graph: Graph, node: Node, outChannels: number): Node | undefined {
  const user = graph.soleUser(node.name);
  if (user?.op !== 'BiasAdd' || graph.producer(user, 0) !== node) return undefined;
  return graph.floatInput(user, 1)?.values.length === outChannels ? user : undefined;
}

/** The bias of each output channel, zeros where there is none; a copy. */
export function biasValues(graph: Graph, {bias, outChannels}: Layer): Float32Array {
  const constant = bias && graph.floatInput(bias, 1);
  return constant === undefined ? new Float32Array(outChannels) : constant.values.slice();
}

/** Sets the bias, adding a BiasAdd where there is none. */
export function setBias(graph: Graph, layer: Layer, values: ArrayLike<number>): void {
  const constant = floatConstant(values);
  if (layer.bias !== undefined) {
    graph.setConstantInput(layer.bias, 1, constant);
    return;
  }
  const name = graph.freshName(`${layer.node.name}/BiasAdd`);
  const value = graph.addConstant(`${name}/bias`, constant);
  graph.insertAfter(layer.node.name, {
    name,
    op: 'BiasAdd',
    inputs: [layer.node.name, value],
    attrs: {},
  });
}

export function setFilter(graph: Graph, layer: Layer, values: Float32Array): void {
  graph.setConstantInput(layer.node, 1, {...layer.filter, encoding: undefined, values});
}

/**
 * Weights one after the other: number k of a run lies at start + k, reads input channel
 * inChannel + k · inStep, and writes output channel outChannel + k · outStep.
 */
export type RunVisitor = (
  start: number,
  length: number,
  inChannel: number,
  inStep: 0 | 1,
  outChannel: number,
  outStep: 0 | 1,
) => void;

/** Calls `visit` with each run of weights: for loops over all weights that must be fast. */
export function forEachRun(
  {kind, filter, inChannels, outChannels}: Layer,
  visit: RunVisitor,
): void {
  const count = filter.values.length;
  if (kind === 'depthwise') {
    const multiplier = outChannels / inChannels;
    for (let i = 0; i < count; i += outChannels) {
      if (multiplier === 1) visit(i, outChannels, 0, 1, 0, 1);
      else
        for (let c = 0; c < inChannels; c++)
          visit(i + c * multiplier, multiplier, c, 0, c * multiplier, 1);
    }
  } else if (kind === 'transposed') {
    for (let i = 0, row = 0; i < count; i += inChannels, row++)
      visit(i, inChannels, 0, 1, row % outChannels, 0);
  } else {
    for (let i = 0, row = 0; i < count; i += outChannels, row++)
      visit(i, outChannels, row % inChannels, 0, 0, 1);
  }
}

/** Calls `visit` with the position of each weight, and the channels that it reads and writes. */
export function forEachWeight(
  layer: Layer,
  visit: (index: number, inChannel: number, outChannel: number) => void,
): void {
  forEachRun(layer, (start, length, inChannel, inStep, outChannel, outStep) => {
    for (let k = 0; k < length; k++)
      visit(start + k, inChannel + k * inStep, outChannel + k * outStep);
  });
}

/** The filter with each weight times `outFactors` of its output and `inFactors` of its input channel. */
export function scaledFilter(
  layer: Layer,
  outFactors?: ArrayLike<number>,
  inFactors?: ArrayLike<number>,
): Float32Array {
  const given = layer.filter.values;
  const values = new Float32Array(given.length);
  const outs = Float64Array.from(outFactors ?? new Float64Array(layer.outChannels).fill(1));
  const ins = Float64Array.from(inFactors ?? new Float64Array(layer.inChannels).fill(1));
  forEachRun(layer, (start, length, inChannel, inStep, outChannel, outStep) => {
    for (let k = 0; k < length; k++) {
      const factor = outs[outChannel + k * outStep] * ins[inChannel + k * inStep];
      values[start + k] = given[start + k] * factor;
    }
  });
  return values;
}

/** Largest |weight| of each output channel and of each input channel. */
export function channelMagnitudes(layer: Layer): {in: Float64Array; out: Float64Array} {
  return {in: inputMagnitudes(layer), out: outputMagnitudes(layer)};
}

export function inputMagnitudes(layer: Layer): Float64Array {
  const {values} = layer.filter;
  const most = new Float64Array(layer.inChannels);
  forEachRun(layer, (start, length, inChannel, inStep) => {
    for (let k = 0; k < length; k++) {
      const magnitude = Math.abs(values[start + k]);
      if (magnitude > most[inChannel + k * inStep]) most[inChannel + k * inStep] = magnitude;
    }
  });
  return most;
}

export function outputMagnitudes(layer: Layer): Float64Array {
  const {values} = layer.filter;
  const most = new Float64Array(layer.outChannels);
  forEachRun(layer, (start, length, _, __, outChannel, outStep) => {
    for (let k = 0; k < length; k++) {
      const magnitude = Math.abs(values[start + k]);
      if (magnitude > most[outChannel + k * outStep]) most[outChannel + k * outStep] = magnitude;
    }
  });
  return most;
}
