import {ancestorsOf} from '../graph/ancestors.js';
import type {Graph, Node} from '../graph/graph.js';
import {FUSED_LAYERS, isLayerOp} from '../graph/layer.js';
import type {PipelineResult} from '../passes/pipeline.js';
import {isInt8Op} from './ops.js';

export interface NodeDecision {
  readonly name: string;
  readonly op: string;
  /** 'folded': it disappears into another node. */
  readonly decision: 'int8' | 'float' | 'folded';
  readonly reason?: string;
}

/** A node that stayed float, and why. */
export interface FloatNode {
  readonly name: string;
  readonly op: string;
  readonly reason: string;
}

/**
 * What became of each node of the float graph that computes.
 *
 * @param before the graph as it was imported
 * @param after what the passes made of it
 */
export function decisionsOf(before: Graph, after: Graph, result: PipelineResult): NodeDecision[] {
  const rewrites = result.records.flatMap(record => record.rewrites);
  const int8Inputs = after.nodes.filter(({op}) => isInt8Op(op)).flatMap(({inputs}) => inputs);
  const feedsInt8 = ancestorsOf(after, int8Inputs);
  return before.nodes
    .filter(({op}) => op !== 'Const' && op !== 'Placeholder')
    .map((node): NodeDecision => {
      const {name, op} = node;
      const names = [name, `${name}/${FUSED_LAYERS[op] ?? ''}`];
      const own = rewrites.filter(rewrite => names.includes(rewrite.node));
      const isInt8 = own.some(({done, text}) => done && text === 'int8');
      if (isInt8 || after.has(`${name}/int8`)) return {name, op, decision: 'int8'};
      const remains = after.has(name) && !isInt8Op(after.node(name).op);
      const reason = own.filter(({done}) => done !== remains).at(-1)?.text;
      if (!remains) return {name, op, decision: 'folded', reason};
      return {name, op, decision: 'float', reason: reason ?? whyFloat(node, feedsInt8, result)};
    });
}

/** Those that stayed float; layers are told of elsewhere. */
export function floatNodes(decisions: readonly NodeDecision[]): FloatNode[] {
  return decisions
    .filter(({op, decision}) => decision === 'float' && !isLayerOp(op) && !(op in FUSED_LAYERS))
    .map(({name, op, reason = ''}) => ({name, op, reason}));
}

/** Why a node stayed float that no pass has said anything about. */
function whyFloat({name}: Node, feedsInt8: ReadonlySet<string>, {plan, records}: PipelineResult) {
  if (!records.some(({pass}) => pass === 'lower-to-int8')) return 'lower-to-int8 is off';
  if (plan.skipped.has(name)) return 'it is to be skipped';
  if (!plan.shapes.has(name)) return 'it runs in a loop or a branch, or not at all';
  if (!feedsInt8.has(name)) return 'no int8 layer follows';
  return 'its values are no activations (shapes, indices, masks)';
}
