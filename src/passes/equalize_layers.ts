import {type ChannelGroup, channelGroups} from '../graph/channel_groups.js';
import {floatConstant} from '../graph/constant.js';
import type {Graph, Node} from '../graph/graph.js';
import {biasValues, type Layer, layerOf, scaledFilter, setBias, setFilter} from '../graph/layer.js';
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
    const layers = new Map<string, ScaledLayer>();
    const scaled = (layer: Layer) => {
      const known = layers.get(layer.node.name) ?? new ScaledLayer(layer);
      layers.set(layer.node.name, known);
      return known;
    };
    const work = groups.map(
      group => new GroupScales(group, group.producers.map(scaled), group.consumers.map(scaled)),
    );
    let sweeps = 0;
    let change = Infinity;
    while (change > TOLERANCE && sweeps++ < MAX_SWEEPS) {
      change = work.reduce((most, group) => Math.max(most, group.step()), 0);
    }
    for (const group of work) group.apply(graph, context);
    for (const layer of layers.values()) layer.store(graph);
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

/**
 * A layer's weights while scales are sought. Scales are kept apart, so that the filter is rounded
 * once, and taps are collapsed: only the largest of them can set a range.
 */
class ScaledLayer {
  /** [inChannels, outChannels], or [outChannels] of a depthwise layer: the largest |weight| over taps. */
  private readonly peaks: Float64Array;
  private readonly inFactors: Float64Array;
  private readonly outFactors: Float64Array;

  constructor(private readonly layer: Layer) {
    const {kind, inChannels, outChannels, filter} = layer;
    this.inFactors = new Float64Array(inChannels).fill(1);
    this.outFactors = new Float64Array(outChannels).fill(1);
    const count = kind === 'depthwise' ? outChannels : inChannels * outChannels;
    this.peaks = new Float64Array(count);
    filter.values.forEach((w, i) => {
      this.peaks[i % count] = Math.max(this.peaks[i % count], Math.abs(w));
    });
  }

  /** Largest |weight| of each output channel. */
  written(): Float64Array {
    const {layer, outFactors} = this;
    if (layer.kind === 'depthwise') return this.depthwisePeaks();
    const most = new Float64Array(layer.outChannels);
    this.forEachRow((row, factor) => {
      for (let c = 0; c < most.length; c++) most[c] = Math.max(most[c], row[c] * factor);
    });
    return most.map((magnitude, c) => magnitude * outFactors[c]);
  }

  /** Largest |weight| of each input channel. */
  read(): Float64Array {
    const {layer, outFactors} = this;
    const most = new Float64Array(layer.inChannels);
    if (layer.kind === 'depthwise') {
      const multiplier = layer.outChannels / layer.inChannels;
      this.depthwisePeaks().forEach((magnitude, c) => {
        const channel = Math.floor(c / multiplier);
        most[channel] = Math.max(most[channel], magnitude);
      });
      return most;
    }
    this.forEachRow((row, factor, channel) => {
      let peak = 0;
      for (let c = 0; c < row.length; c++) peak = Math.max(peak, row[c] * outFactors[c]);
      most[channel] = peak * factor;
    });
    return most;
  }

  divideOutputs(scales: Float64Array): void {
    scales.forEach((s, c) => (this.outFactors[c] /= s));
  }

  multiplyInputs(scales: Float64Array): void {
    scales.forEach((s, c) => (this.inFactors[c] *= s));
  }

  store(graph: Graph): void {
    const layer = layerOf(graph, graph.node(this.layer.node.name));
    if (layer === undefined) return;
    setFilter(graph, layer, scaledFilter(layer, this.outFactors, this.inFactors));
  }

  private depthwisePeaks(): Float64Array {
    const {peaks, outFactors, inFactors, layer} = this;
    const multiplier = layer.outChannels / layer.inChannels;
    return peaks.map((peak, c) => peak * outFactors[c] * inFactors[Math.floor(c / multiplier)]);
  }

  private forEachRow(visit: (row: Float64Array, factor: number, channel: number) => void): void {
    const {outChannels} = this.layer;
    this.inFactors.forEach((factor, i) =>
      visit(this.peaks.subarray(i * outChannels, (i + 1) * outChannels), factor, i),
    );
  }
}

class GroupScales {
  /** Everything in the group is to be divided by this. */
  private readonly total: Float64Array;

  constructor(
    private readonly group: ChannelGroup,
    private readonly producers: readonly ScaledLayer[],
    private readonly consumers: readonly ScaledLayer[],
  ) {
    this.total = new Float64Array(group.channels).fill(1);
  }

  /** One application of the formula; returns the largest |s − 1|. */
  step(): number {
    const written = largest(this.producers.map(layer => layer.written()));
    const read = largest(this.consumers.map(layer => layer.read()));
    const scales = written.map((r1, c) => (r1 > 0 && read[c] > 0 ? Math.sqrt(r1 / read[c]) : 1));
    for (const layer of this.producers) layer.divideOutputs(scales);
    for (const layer of this.consumers) layer.multiplyInputs(scales);
    scales.forEach((s, c) => (this.total[c] *= s));
    return scales.reduce((most, s) => Math.max(most, Math.abs(s - 1)), 0);
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
