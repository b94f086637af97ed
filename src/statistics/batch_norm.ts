import type {Graph, Node} from '../graph/graph.js';
import type {Shapes} from '../graph/channel_groups.js';
import {numberAttr} from '../graph/attributes.js';
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
 * @param shapes of all tensors: what is reshaped keeps its statistics where the last axis stays
 */
export function batchNormStatistics(
  graph: Graph,
  moments: ReadonlyMap<string, ChannelMoments>,
  fromSidecar: ReadonlySet<string> = new Set(),
  shapes: Shapes = new Map(),
): Map<string, TensorStatistics> {
  const known = new Map<string, TensorStatistics>();
  for (const node of topologicalOrder(graph)) {
    const own = moments.get(node.name);
    const source = fromSidecar.has(node.name) ? 'sidecar' : 'batch-norm';
    const derived = own ? fromMoments(own, source) : derive(graph, node, known, shapes);
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
  shapes: Shapes,
): TensorStatistics | undefined {
  if (node.op === 'ConcatV2') return concatenated(graph, node, known);
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
    case 'Mul': {
      const factors = graph.floatInput(node, 1)?.values;
      return factors && scaled(x, factors);
    }
    case 'Reshape':
    case 'Squeeze':
    case 'ExpandDims':
      return keepsChannels(x, shapes.get(node.name)) ? x : undefined;
    case 'LeakyRelu':
      return leaky(x, numberAttr(node.attrs, 'alpha', 0.2));
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

/** Channels of the operands one after the other (Nagel 2019 appendix: concatenation unites the statistics). */
function concatenated(
  graph: Graph,
  node: Node,
  known: ReadonlyMap<string, TensorStatistics>,
): TensorStatistics | undefined {
  const axis = graph.constantInput(node, node.inputs.length - 1)?.values[0];
  const parts = node.inputs.slice(0, -1).map(ref => known.get(ref));
  const isChannels = axis === 3 || axis === -1;
  if (!isChannels || !parts.every(part => part !== undefined)) return undefined;
  const join = (pick: (part: TensorStatistics) => Float64Array) =>
    Float64Array.from(parts.flatMap(part => [...pick(part)]));
  return {
    source: parts.map(part => part.source).reduce(worse),
    mean: join(part => part.mean),
    std: join(part => part.std),
    min: join(part => part.min),
    max: join(part => part.max),
  };
}

/** x · f, f one number or one a channel, of either sign. */
function scaled(x: TensorStatistics, factors: Float32Array): TensorStatistics | undefined {
  if (factors.length !== 1 && factors.length !== x.mean.length) return undefined;
  const factor = (c: number) => factors[factors.length === 1 ? 0 : c];
  return {
    source: x.source,
    mean: x.mean.map((v, c) => v * factor(c)),
    std: x.std.map((v, c) => v * Math.abs(factor(c))),
    min: x.min.map((v, c) => Math.min(v * factor(c), x.max[c] * factor(c))),
    max: x.max.map((v, c) => Math.max(v * factor(c), x.min[c] * factor(c))),
  };
}

function keepsChannels(x: TensorStatistics, shape: readonly number[] | undefined): boolean {
  return shape?.[shape.length - 1] === x.mean.length;
}

/**
 * max(X, αX) = R − αR′ with R = max(X, 0), R′ = max(−X, 0), X normal. One of the two is always 0, so with
 * α ≥ 0 the mean is E R − α E R′, and the second moment E R² + α² E R′².
 */
function leaky(x: TensorStatistics, alpha: number): TensorStatistics {
  const moments = [...x.mean].map((mean, c) => {
    const above = clippedNormal(mean, x.std[c], 0, Infinity);
    const below = clippedNormal(-mean, x.std[c], 0, Infinity);
    const first = above.mean - alpha * below.mean;
    const second =
      above.std ** 2 + above.mean ** 2 + alpha * alpha * (below.std ** 2 + below.mean ** 2);
    return {mean: first, std: Math.sqrt(Math.max(0, second - first * first))};
  });
  const bend = (v: number) => Math.max(v, alpha * v);
  return {
    source: x.source,
    mean: Float64Array.from(moments, ({mean}) => mean),
    std: Float64Array.from(moments, ({std}) => std),
    min: x.min.map(bend),
    max: x.max.map(bend),
  };
}

/** The source of what follows from both. */
function worse(a: StatisticsSource, b: StatisticsSource): StatisticsSource {
  return a === 'sidecar' ? a : b;
}
