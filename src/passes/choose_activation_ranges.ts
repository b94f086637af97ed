import {type Graph, type Node, parseRef} from '../graph/graph.js';
import {DisjointSets} from '../graph/disjoint_sets.js';
import {gridOfBits} from '../quant/grid.js';
import {fixedRange} from '../quant/fixed_ranges.js';
import {chooseQuantParams} from '../quant/quant_params.js';
import {type Range, rangeOf, union} from '../quant/range.js';
import {chooseRange} from '../statistics/range_rules.js';
import type {TensorStatistics} from '../statistics/tensor_statistics.js';
import {dataOperands, isGridKeeper} from './lowering/grid_keepers.js';
import type {Pass} from './pass.js';

/**
 * Give every float tensor an integer grid that covers its range. Tensors on both sides of an op that
 * only moves or compares values (pools, pads, concatenation, …) share one grid.
 */
export const chooseActivationRanges: Pass<'choose-activation-ranges'> = {
  name: 'choose-activation-ranges',
  summary: 'put the activations on integer grids',
  preservesFunction: true,
  run(graph, {options, plan}) {
    const {symmetricActivations: symmetric, scales} = options;
    const grid = gridOfBits(options.activationBits);
    const target = {grid, symmetric, scales, percentile: options.percentile};
    const ranges = sharedRanges(
      graph,
      plan.statistics,
      (op, statistics) =>
        fixedRange(op, grid, symmetric) ?? chooseRange(statistics, options.activationRange, target),
    );
    for (const [ref, range] of ranges) {
      if (!Number.isFinite(range.max - range.min)) continue; // no grid covers it
      plan.activations.set(ref, chooseQuantParams(range, grid, symmetric, scales));
    }
  },
};

function sharedRanges(
  graph: Graph,
  statistics: ReadonlyMap<string, TensorStatistics>,
  choose: (op: string, statistics: TensorStatistics) => Range,
) {
  const groups = gridGroups(graph);
  const shared = new Map<string, Range>();
  const own = [...statistics].map(([ref, seen]) => {
    const {op} = graph.node(parseRef(ref).node);
    return [ref, choose(op, paddedOperand(graph, ref, statistics) ?? seen)] as const;
  });
  for (const [ref, range] of own) {
    const group = groups(ref);
    shared.set(group, union(shared.get(group) ?? range, range));
  }
  return own.map(([ref]) => [ref, shared.get(groups(ref)) as Range] as const);
}

/**
 * The statistics of what is padded, where only maxima are taken of the result and the padding (−∞, as a
 * rule) can't be one: any integer that is no larger than all others serves for it.
 */
function paddedOperand(
  graph: Graph,
  ref: string,
  statistics: ReadonlyMap<string, TensorStatistics>,
): TensorStatistics | undefined {
  const node = graph.node(parseRef(ref).node);
  const padding = node.op === 'PadV2' ? graph.floatInput(node, 2)?.values[0] : undefined;
  const operand = statistics.get(node.inputs[0]);
  if (padding === undefined || operand === undefined || graph.isOutput(node.name)) return undefined;
  const isMask = padding <= rangeOf(operand.min).min;
  return isMask && graph.users(node.name).every(({op}) => op === 'MaxPool') ? operand : undefined;
}

/** The representative of each tensor's group. */
function gridGroups(graph: Graph): (ref: string) => string {
  const sets = new DisjointSets();
  for (const node of graph.nodes) {
    if (!isGridKeeper(graph, node)) continue;
    const [first, ...rest] = tensorsOf(graph, node);
    for (const ref of rest) sets.join(first, ref);
  }
  return ref => sets.find(ref);
}

/** The tensors of one grid that a keeper reads and makes. */
function tensorsOf(graph: Graph, node: Node): string[] {
  const read = dataOperands(graph, node).map(i => node.inputs[i]);
  const made = graph
    .users(node.name)
    .flatMap(user => user.inputs.filter(ref => parseRef(ref).node === node.name));
  return [...new Set([node.name, ...made, ...read])];
}
