import type {Shapes} from '../graph/channel_groups.js';
import type {Node} from '../graph/graph.js';
import type {Recurrence} from '../graph/recurrences.js';
import type {QuantParams} from '../quant/quant_params.js';
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
}
