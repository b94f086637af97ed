import type {Shapes} from '../graph/channel_groups.js';
import type {Node} from '../graph/graph.js';
import {forEachWeight, type Layer} from '../graph/layer.js';
import type {Recurrence} from '../graph/recurrences.js';
import {dequantizeValue, type QuantParams} from '../quant/quant_params.js';
import type {ChannelMoments, TensorStatistics} from '../statistics/tensor_statistics.js';

/** Integer weights of one layer: real = scale[c] · (value − zeroPoint[c]), c the output channel. */
export interface QuantizedFilter {
  /** In the filter's own layout; 16 bits in simulations alone. */
  readonly values: Int8Array | Int16Array;
  /** [1] or [outChannels]; float32 values. */
  readonly scale: Float32Array;
  /** [1] or [outChannels] */
  readonly zeroPoint: Int32Array;
  /** Signal-to-noise ratio of the integers, in dB. */
  readonly sqnr: number;
}

/** What the integers of a filter stand for, in the filter's layout; float32. */
export function realWeights(layer: Layer, filter: QuantizedFilter): Float32Array {
  const {values, scale, zeroPoint} = filter;
  const reals = new Float32Array(values.length);
  forEachWeight(layer, (i, _, outChannel) => {
    const c = scale.length > 1 ? outChannel : 0;
    reals[i] = dequantizeValue(values[i], {scale: scale[c], zeroPoint: zeroPoint[c]});
  });
  return reals;
}

/** What passes decide before the graph itself becomes int8. Keys are names of nodes. */
export class QuantizationPlan {
  /** Nodes that stay float because the caller says so; of a layer, its linear node. */
  readonly skipped = new Set<string>();
  /** Recurrent layers whose steps are nodes of their own. */
  recurrences: readonly Recurrence[] = [];
  /** Nodes that stay float because they carry a recurrent layer's state (see tie-steps). */
  readonly carriers = new Set<string>();
  /** Shape of each tensor for one sample, by reference. */
  shapes: Shapes = new Map();
  /** Mean and standard deviation of a layer's output, from the batch norm that was folded into it. */
  readonly batchNormMoments = new Map<string, ChannelMoments>();
  /** The keys of {@link batchNormMoments} that come from a sidecar. */
  readonly sidecarOutputs = new Set<string>();
  /** By tensor reference, measured or derived. */
  statistics: ReadonlyMap<string, TensorStatistics> = new Map();
  /** Linear nodes of the float graph that was quantized, by name. */
  readonly layers = new Map<string, Node>();
  /** By layer node. */
  readonly filters = new Map<string, QuantizedFilter>();
  /** By layer node: the node whose value the layer's int8 op makes, its activation included. */
  readonly heads = new Map<string, string>();
  /** By tensor reference. */
  readonly activations = new Map<string, QuantParams>();
  /** By layer node: its bias, corrected for the integers of its filter. */
  readonly biases = new Map<string, Float32Array>();

  /** The same decisions, except that some more nodes stay float, for another lowering. */
  withFloat(names: Iterable<string>): QuantizationPlan {
    const plan = new QuantizationPlan();
    plan.shapes = this.shapes;
    plan.statistics = this.statistics;
    copy(this.batchNormMoments, plan.batchNormMoments);
    copy(this.layers, plan.layers);
    copy(this.filters, plan.filters);
    copy(this.activations, plan.activations);
    copy(this.biases, plan.biases);
    for (const name of this.skipped) plan.skipped.add(name);
    for (const name of names) {
      plan.skipped.add(name);
      plan.filters.delete(name);
      plan.biases.delete(name);
    }
    return plan;
  }
}

function copy<K, V>(from: ReadonlyMap<K, V>, to: Map<K, V>): void {
  for (const [key, value] of from) to.set(key, value);
}
