import type {Graph, Node} from '../graph/graph.js';
import {topologicalOrder} from '../graph/topological_order.js';
import {clippedNormal} from './clipped_normal.js';
import type {ChannelMoments, StatisticsSource, TensorStatistics} from './tensor_statistics.js';

/** A tensor is taken to reach from β − 6γ to β + 6γ (Nagel 2019 §4.2, n = 6). */
const DEVIATIONS = 6;

/**
 * Statistics that follow from the batch norms that were in the graph: their own outputs are normal
 * with mean β and standard deviation γ, and what the ops behind them make of that.
 *
 * @param moments by the node whose output they describe
 * @param fromSidecar the keys of those that were read from a sidecar
 */
export function batchNormStatistics(
  graph: Graph,
  moments: ReadonlyMap<string, ChannelMoments>,
  fromSidecar: ReadonlySet<string> = new Set(),
): Map<string, TensorStatistics> {
  const known = new Map<string, TensorStatistics>();
  for (const node of topologicalOrder(graph)) {
    const own = moments.get(node.name);
    const source = fromSidecar.has(node.name) ? 'sidecar' : 'batch-norm';
    const derived = own ? fromMoments(own, source) : derive(graph, node, known);
    if (derived !== undefined) known.set(node.name, derived);
  }
  return known;
}

function fromMoments({mean, std}: ChannelMoments, source: StatisticsSource): TensorStatistics {
  return {
    source,
    mean,
    std,
    min: mean.map((m, c) => m - DEVIATIONS * std[c]),
    max: mean.map((m, c) => m + DEVIATIONS * std[c]),
  };
}

function derive(
  graph: Graph,
  node: Node,
  known: ReadonlyMap<string, TensorStatistics>,
): TensorStatistics | undefined {
  const x = known.get(node.inputs[0]);
  if (x === undefined) return undefined;
  switch (node.op) {
    case 'Relu':
      return clip(x, () => Infinity);
    case 'Relu6':
      return clip(x, () => 6);
    case 'Minimum': {
      const relu = graph.producer(node, 0);
      const before = relu?.op === 'Relu' ? known.get(relu.inputs[0]) : undefined;
      const caps = graph.floatInput(node, 1)?.values;
      return before && caps && clip(before, c => caps[caps.length === 1 ? 0 : c]);
    }
    case 'AddV2':
    case 'Add': {
      const y = known.get(node.inputs[1]);
      return y && y.mean.length === x.mean.length ? sum(x, y) : undefined;
    }
    case 'Identity':
    case 'Mean':
    case 'AvgPool':
    case 'ResizeBilinear':
    case 'ResizeNearestNeighbor':
      return x;
    default:
      return undefined;
  }
}

/** min(max(X, 0), cap) */
function clip(x: TensorStatistics, cap: (channel: number) => number): TensorStatistics {
  const moments = [...x.mean].map((mean, c) => clippedNormal(mean, x.std[c], 0, cap(c)));
  const bound = (v: number, c: number) => Math.min(Math.max(v, 0), cap(c));
  return {
    source: x.source,
    mean: Float64Array.from(moments, ({mean}) => mean),
    std: Float64Array.from(moments, ({std}) => std),
    min: x.min.map(bound),
    max: x.max.map(bound),
  };
}

/** Of independent summands, with extremes at n deviations of the sum. */
function sum(x: TensorStatistics, y: TensorStatistics): TensorStatistics {
  return fromMoments(
    {
      mean: x.mean.map((mean, c) => mean + y.mean[c]),
      std: x.std.map((std, c) => Math.sqrt(std * std + y.std[c] * y.std[c])),
    },
    worse(x.source, y.source),
  );
}

/** The source of what follows from both. */
function worse(a: StatisticsSource, b: StatisticsSource): StatisticsSource {
  return a === 'sidecar' ? a : b;
}
