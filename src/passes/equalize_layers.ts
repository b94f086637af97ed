import {type ChannelGroup, channelGroups} from '../graph/channel_groups.js';
import {floatConstant} from '../graph/constant.js';
import type {Graph, Node} from '../graph/graph.js';
import {
  biasValues,
  channelMagnitudes,
  type Layer,
  layerOf,
  scaledFilter,
  setBias,
  setFilter,
} from '../graph/layer.js';
import type {Pass, PassContext} from './pass.js';

const MAX_SWEEPS = 100;

/** Converged when no channel of any group would be scaled by more than this. */
const TOLERANCE = 1e-3;

/**
 * Cross-layer equalization (Nagel 2019 §4.1).
 *
 *   given:   y = W₂ · f(W₁ · x + b₁)       f(s · x) = s · f(x) for s > 0
 *   result:  y = (W₂ · s) · f((W₁ · x + b₁) / s)
 *   with     s[c] = √(r₁[c] / r₂[c])       r₁, r₂ the largest |weight| that writes and reads channel c
 *
 * over every group of tensors whose channels can be scaled, looped until nothing moves. Where several
 * layers write or read a group (residual sums, branches), r is the largest of them.
 *
 * ReLU6 is not scaled by its operand: its cap becomes 6 / s[c], a constant for each channel, which is
 * exact ('per-channel-cap'). 'relu' drops the cap, as the paper does; 'keep' leaves such groups alone.
 */
export const equalizeLayers: Pass<'equalize-layers'> = {
  name: 'equalize-layers',
  summary: 'even out the channel ranges of consecutive layers',
  preservesFunction: true,
  run(graph, context) {
    const groups = channelGroups(graph, context.plan.shapes).filter(group =>
      isScalable(group, context),
    );
    const work = groups.map(group => new GroupScales(group));
    const filters = new Filters();
    let sweeps = 0;
    let change = Infinity;
    while (change > TOLERANCE && sweeps++ < MAX_SWEEPS) {
      change = Math.max(0, ...work.map(group => group.step(filters)));
    }
    for (const group of work) group.apply(graph, context);
    filters.store(graph);
    context.did(
      '',
      `${work.length} groups in ${sweeps} sweeps, last change ${change.toExponential(1)}`,
    );
  },
};

function isScalable(group: ChannelGroup, context: PassContext): boolean {
  const {producers, consumers, carriers, blocked} = group;
  if (producers.length === 0) return false;
  const name = producers[0].node.name;
  if (blocked !== undefined || consumers.length === 0) {
    context.left(name, blocked ?? 'no layer reads it');
    return false;
  }
  if (context.options.relu6 === 'keep' && carriers.some(({op}) => op === 'Relu6')) {
    context.left(name, 'ReLU6 is to be kept');
    return false;
  }
  return true;
}

/** The filters as scaled so far, so that each step sees the steps before it. */
class Filters {
  private readonly scaled = new Map<string, Layer>();

  of(layer: Layer): Layer {
    return this.scaled.get(layer.node.name) ?? layer;
  }

  scale(layer: Layer, outFactors?: Float64Array, inFactors?: Float64Array): void {
    const current = this.of(layer);
    const values = scaledFilter(current, outFactors, inFactors);
    this.scaled.set(layer.node.name, {...current, filter: {...current.filter, values}});
  }

  store(graph: Graph): void {
    for (const [name, {filter}] of this.scaled) {
      const layer = layerOf(graph, graph.node(name));
      if (layer !== undefined) setFilter(graph, layer, filter.values);
    }
  }
}

class GroupScales {
  /** Everything in the group is to be divided by this. */
  private readonly total: Float64Array;

  constructor(private readonly group: ChannelGroup) {
    this.total = new Float64Array(group.channels).fill(1);
  }

  /** One application of the formula; returns the largest |ln s|. */
  step(filters: Filters): number {
    const {producers, consumers} = this.group;
    const written = largest(producers.map(layer => channelMagnitudes(filters.of(layer)).out));
    const read = largest(consumers.map(layer => channelMagnitudes(filters.of(layer)).in));
    const scales = written.map((r1, c) => (r1 > 0 && read[c] > 0 ? Math.sqrt(r1 / read[c]) : 1));
    const change = scales.reduce((most, s) => Math.max(most, Math.abs(s - 1)), 0);
    if (change <= TOLERANCE) return change;
    const inverse = scales.map(s => 1 / s);
    for (const layer of producers) filters.scale(layer, inverse, undefined);
    for (const layer of consumers) filters.scale(layer, undefined, scales);
    scales.forEach((s, c) => (this.total[c] *= s));
    return change;
  }

  /** Scales what belongs to the group besides filters: biases, caps, statistics. */
  apply(graph: Graph, context: PassContext): void {
    const biases = new Set<string>();
    for (const producer of this.group.producers) {
      const layer = layerOf(graph, graph.node(producer.node.name));
      if (layer?.bias === undefined) continue;
      biases.add(layer.bias.name);
      setBias(
        graph,
        layer,
        biasValues(graph, layer).map((b, c) => b / this.total[c]),
      );
    }
    for (const {name} of this.group.carriers) {
      if (!biases.has(name)) this.scaleCarrier(graph, graph.node(name), context);
      this.scaleMoments(name, context);
    }
    for (const {node} of this.group.producers) this.scaleMoments(node.name, context);
  }

  private scaleCarrier(graph: Graph, node: Node, context: PassContext): void {
    const {total} = this;
    if (node.op === 'Relu6') {
      splitRelu6(
        graph,
        node,
        total.map(s => 6 / s),
        context.options.relu6 === 'relu',
      );
      return;
    }
    if (node.op !== 'BiasAdd' && node.op !== 'Minimum') return;
    const operand = graph.floatInput(node, 1);
    if (operand === undefined) return;
    const values = total.map((s, c) => operand.values[operand.values.length === 1 ? 0 : c] / s);
    graph.setConstantInput(node, 1, floatConstant(values));
  }

  private scaleMoments(name: string, {plan}: PassContext): void {
    const moments = plan.batchNormMoments.get(name);
    if (moments === undefined) return;
    const divided = (values: Float64Array) => values.map((v, c) => v / this.total[c]);
    plan.batchNormMoments.set(name, {mean: divided(moments.mean), std: divided(moments.std)});
  }
}

function splitRelu6(graph: Graph, node: Node, caps: Float64Array, dropCap: boolean): void {
  if (dropCap) {
    graph.replace({...node, op: 'Relu'});
    return;
  }
  const relu = graph.freshName(`${node.name}/Relu`);
  const cap = graph.addConstant(`${node.name}/cap`, floatConstant(caps));
  graph.add({...node, name: relu, op: 'Relu'});
  graph.replace({name: node.name, op: 'Minimum', inputs: [relu, cap], attrs: {}});
}

function largest(arrays: readonly Float64Array[]): Float64Array {
  return arrays[0].map((_, c) => Math.max(...arrays.map(values => values[c])));
}
