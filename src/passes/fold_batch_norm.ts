import {attributesOf, booleanAttr, numberAttr, stringAttr} from '../graph/attributes.js';
import {floatConstant} from '../graph/constant.js';
import type {Graph, Node} from '../graph/graph.js';
import {biasValues, type Layer, layerOf, scaledFilter, setFilter} from '../graph/layer.js';
import {perChannel} from './canonicalize.js';
import type {Pass, PassContext} from './pass.js';

/**
 * Fold batch norm, and multiplication by a constant, into the layer that feeds it (Nagel 2019 §3).
 *
 *   given:   y = BatchNorm(filter · x + bias, γ, β, μ, σ²)
 *   result:  y = (filter · s) · x + (β + (bias − μ) · s)      s = γ / √(σ² + ε)
 *
 * β and |γ| (less ε) stay in the plan: mean and standard deviation of y over the training data.
 * A batch norm that no layer feeds (after Add, Concat, Pad) becomes a depthwise 1×1 layer of its own,
 * which is the same function in a form that every later pass knows.
 */
export const foldBatchNorm: Pass<'fold-batch-norm'> = {
  name: 'fold-batch-norm',
  summary: 'fold batch norm and constant factors into the layers before them',
  preservesFunction: true,
  run(graph, context) {
    for (const {name} of graph.nodes) {
      const node = graph.node(name);
      if (/^FusedBatchNorm(V2|V3)?$/.test(node.op)) foldNorm(graph, node, context);
      else if (node.op === 'Mul') foldFactor(graph, node, context);
    }
  },
};

function foldNorm(graph: Graph, node: Node, context: PassContext): void {
  const reason = refusal(graph, node);
  if (reason !== undefined) return context.left(node.name, reason);
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map(i => values(graph, node, i));
  const epsilon = numberAttr(node.attrs, 'epsilon', 1e-3);
  const factors = Float64Array.from(gamma, (g, c) => g / Math.sqrt(variance[c] + epsilon));
  const layer = foldable(graph, node, 0);
  const offsets = Float64Array.from(beta, (b, c) => b - mean[c] * factors[c]);
  const output = layer
    ? fold(graph, node, layer, factors, offsets)
    : toDepthwise(graph, node, factors, offsets);
  context.plan.batchNormMoments.set(output, {
    mean: Float64Array.from(beta),
    // |γ| · √(σ² / (σ² + ε)): what is left of |γ| in channels that hardly vary.
    std: Float64Array.from(factors, (factor, c) => Math.abs(factor) * Math.sqrt(variance[c])),
  });
  context.did(node.name, layer ? `folded into '${layer.node.name}'` : 'made a depthwise 1×1 layer');
}

function refusal(graph: Graph, node: Node): string | undefined {
  if (booleanAttr(node.attrs, 'is_training', false))
    return 'it normalizes by the batch (is_training)';
  if (stringAttr(node.attrs, 'data_format', 'NHWC') !== 'NHWC') return 'its layout is not NHWC';
  if ([1, 2, 3, 4].some(i => graph.floatInput(node, i) === undefined)) {
    return 'its parameters are not constants';
  }
  if (
    graph.users(node.name).some(user => user.inputs.some(ref => ref.startsWith(`${node.name}:`)))
  ) {
    return 'its batch statistics are read';
  }
  return undefined;
}

function values(graph: Graph, node: Node, index: number): Float32Array {
  return graph.floatInput(node, index)?.values ?? new Float32Array();
}

/** The layer that makes operand `index` of `node`, and nothing else. */
function foldable(graph: Graph, node: Node, index: number): Layer | undefined {
  const producer = graph.producer(node, index);
  if (producer === undefined || graph.soleUser(producer.name) === undefined) return undefined;
  const source = producer.op === 'BiasAdd' ? graph.producer(producer, 0) : producer;
  const layer = source && layerOf(graph, source);
  return layer?.output === producer.name ? layer : undefined;
}

/** y = factors · layer + offsets, in the layer; `node` disappears, or lends its name to the result. */
function fold(
  graph: Graph,
  node: Node,
  layer: Layer,
  factors: Float64Array,
  offsets: Float64Array,
): string {
  const bias = biasValues(graph, layer).map((b, c) => b * factors[c] + offsets[c]);
  setFilter(graph, layer, scaledFilter(layer, factors));
  const value = graph.addConstant(`${node.name}/bias`, floatConstant(bias));
  const input = layer.node.name;
  if (layer.bias !== undefined) graph.bypass(layer.bias.name);
  graph.replace({name: node.name, op: 'BiasAdd', inputs: [input, value], attrs: {}});
  return node.name;
}

function toDepthwise(
  graph: Graph,
  node: Node,
  factors: Float64Array,
  offsets: Float64Array,
): string {
  const name = graph.freshName(`${node.name}/depthwise`);
  const filter = graph.addConstant(
    `${name}/filter`,
    floatConstant(factors, [1, 1, factors.length, 1]),
  );
  const bias = graph.addConstant(`${node.name}/bias`, floatConstant(offsets));
  const attrs = attributesOf({
    strides: [1, 1, 1, 1],
    dilations: [1, 1, 1, 1],
    padding: 'VALID',
    data_format: 'NHWC',
  });
  graph.add({name, op: 'DepthwiseConv2dNative', inputs: [node.inputs[0], filter], attrs});
  graph.replace({name: node.name, op: 'BiasAdd', inputs: [name, bias], attrs: {}});
  return node.name;
}

/** Mul(layer, constant of [C]): the same with μ = 0, β = 0, and nothing known of the statistics. */
function foldFactor(graph: Graph, node: Node, context: PassContext): void {
  const position = graph.floatInput(node, 1) === undefined ? 0 : 1;
  const constant = graph.floatInput(node, position);
  const layer = constant && foldable(graph, node, 1 - position);
  const factors = layer && perChannel(constant, layer);
  if (layer === undefined || factors === undefined) return;
  const moments = context.plan.batchNormMoments.get(layer.output);
  fold(graph, node, layer, Float64Array.from(factors), new Float64Array(factors.length));
  if (moments !== undefined) {
    context.plan.batchNormMoments.set(node.name, {
      mean: moments.mean.map((mean, c) => mean * factors[c]),
      std: moments.std.map((std, c) => std * Math.abs(factors[c])),
    });
  }
  context.did(node.name, `folded into '${layer.node.name}'`);
}
