import {
  type AttrLiteral,
  attributesOf,
  booleanAttr,
  float,
  numberAttr,
  stringsAttr,
} from '../graph/attributes.js';
import {type FloatConstant, floatConstant} from '../graph/constant.js';
import {type Graph, type Node, parseRef} from '../graph/graph.js';
import {biasValues, FUSED_LAYERS, type Layer, layerOf, layersOf, setBias} from '../graph/layer.js';
import type {Pass, PassContext} from './pass.js';

/**
 * One form for each thing, so that later passes know only that one:
 *
 *   _FusedConv2D(x, w, b) [BiasAdd, Relu]  →  Relu(BiasAdd(Conv2D(x, w), b)); likewise depthwise and MatMul
 *   Add(Conv2D(x, w), constant of [C])     →  BiasAdd; also AddV2, Sub
 *   MatMul(x, w) transpose_b               →  MatMul(x, wᵀ)
 *   AddN(x, y)                             →  AddV2(x, y)
 *   Identity(x)                            →  x, unless the model returns it
 */
export const canonicalize: Pass<'canonicalize'> = {
  name: 'canonicalize',
  summary: 'split fused layers and write biases, sums and identities in one form',
  preservesFunction: true,
  run(graph, context) {
    for (const {name} of graph.nodes) {
      const node = graph.node(name);
      if (node.op in FUSED_LAYERS) splitFused(graph, node, context);
      else if (node.op === 'Identity') bypassIdentity(graph, node);
      else if (node.op === 'AddN' && node.inputs.length === 2) {
        graph.replace({...node, op: 'AddV2', attrs: {}});
      }
    }
    for (const {name, op} of graph.nodes) {
      if (op === 'MatMul') transposeFilter(graph, graph.node(name));
    }
    for (const {name} of graph.nodes) sumToBias(graph, graph.node(name));
    for (const layer of layersOf(graph)) {
      // A bias that is added later would take over the name of an output, and the layer's with it.
      if (graph.isOutput(layer.node.name)) setBias(graph, layer, biasValues(graph, layer));
    }
    for (const layer of layersOf(graph)) resolveSkip(graph, layer, context);
  },
};

/** What belongs to a layer in the eyes of a user who names one of its nodes. */
const BELONGS = /^(BiasAdd|FusedBatchNorm(V2|V3)?|Relu6?|LeakyRelu|Prelu|Elu|Sigmoid|Tanh)$/;

/** Marks the layer as skipped if the caller named it, its bias, its batch norm or its activation. */
function resolveSkip(graph: Graph, layer: Layer, {options, plan}: PassContext): void {
  let node: Node | undefined = layer.node;
  do {
    if (options.skip.includes(node.name)) plan.skipped.add(layer.node.name);
    node = graph.soleUser(node.name);
  } while (node !== undefined && BELONGS.test(node.op));
}

/** Attributes of the fused form that the plain layer has no use for. */
const FUSED_ATTRS = new Set(['fused_ops', 'num_args', 'epsilon', 'leakyrelu_alpha']);

function splitFused(graph: Graph, node: Node, context: PassContext): void {
  const parts = stringsAttr(node.attrs, 'fused_ops');
  const [x, filter, ...extra] = node.inputs.filter(ref => !parseRef(ref).control);
  const control = node.inputs.filter(ref => parseRef(ref).control);
  const expected = parts.filter(part => part === 'BiasAdd' || part === 'Prelu').length;
  if (parts.includes('FusedBatchNorm') || expected !== extra.length) {
    context.left(node.name, `fused form [${parts.join(', ')}] is not one that tfjs runs`);
    return;
  }
  const attrs = Object.fromEntries(
    Object.entries(node.attrs).filter(([key]) => !FUSED_ATTRS.has(key)),
  );
  const steps = [
    {op: FUSED_LAYERS[node.op], inputs: [filter, ...control], attrs},
    ...parts.map(op => ({
      op,
      inputs: op === 'BiasAdd' || op === 'Prelu' ? [extra.shift() as string] : [],
      attrs: op === 'LeakyRelu' ? attributesOf(leakyReluAttrs(node)) : {},
    })),
  ];
  let operand = x;
  steps.forEach((step, i) => {
    const last = i === steps.length - 1;
    const name = last ? node.name : graph.freshName(`${node.name}/${step.op}`);
    const made = {name, op: step.op, inputs: [operand, ...step.inputs], attrs: step.attrs};
    if (last) graph.replace(made);
    else graph.add(made);
    operand = name;
  });
}

function leakyReluAttrs(node: Node): Record<string, AttrLiteral> {
  return {alpha: float(numberAttr(node.attrs, 'leakyrelu_alpha', 0.2))};
}

function bypassIdentity(graph: Graph, node: Node): void {
  const isPlain = node.inputs.length === 1 && !parseRef(node.inputs[0]).control;
  const hasControlUsers = graph
    .users(node.name)
    .some(user => user.inputs.includes(`^${node.name}`));
  if (isPlain && !hasControlUsers && !graph.isOutput(node.name)) graph.bypass(node.name);
}

function transposeFilter(graph: Graph, node: Node): void {
  const filter = graph.floatInput(node, 1);
  if (filter?.shape.length !== 2 || !booleanAttr(node.attrs, 'transpose_b', false)) return;
  const [n, k] = filter.shape;
  const values = Float32Array.from(
    filter.values,
    (_, i) => filter.values[(i % n) * k + Math.floor(i / n)],
  );
  const made = graph.setConstantInput(node, 1, {
    ...filter,
    encoding: undefined,
    shape: [k, n],
    values,
  });
  graph.replace({...made, attrs: {...made.attrs, ...attributesOf({transpose_b: false})}});
}

/** layer + constant of one value for each or all output channels becomes a BiasAdd. */
function sumToBias(graph: Graph, node: Node): void {
  if (node.op !== 'Add' && node.op !== 'AddV2' && node.op !== 'Sub') return;
  const position = graph.floatInput(node, 1) === undefined ? 0 : 1;
  if (node.op === 'Sub' && position === 0) return;
  const constant = graph.floatInput(node, position);
  const producer = graph.producer(node, 1 - position);
  const layer = producer && layerOf(graph, producer);
  if (constant === undefined || layer === undefined || layer.bias !== undefined) return;
  if (graph.soleUser(layer.node.name) === undefined) return;
  const values = perChannel(constant, layer);
  if (values === undefined) return;
  const bias = floatConstant(node.op === 'Sub' ? values.map(v => -v) : values);
  const inputs = [layer.node.name, graph.addConstant(`${node.name}/bias`, bias)];
  graph.replace({...node, op: 'BiasAdd', inputs, attrs: {}});
}

/**
 * One value for each output channel of a layer, from a constant that broadcasts over all other axes;
 * undefined if it does not, or if it would add axes to the result.
 */
export function perChannel(
  {shape, values}: FloatConstant,
  {kind, outChannels}: Layer,
): Float32Array | undefined {
  if (shape.length > (kind === 'matmul' ? 2 : 4)) return undefined;
  if (values.length === 1) return new Float32Array(outChannels).fill(values[0]);
  const last = shape[shape.length - 1];
  return values.length === outChannels && last === outChannels ? values : undefined;
}
