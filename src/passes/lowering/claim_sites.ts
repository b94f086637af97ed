import {ancestorsOf} from '../../graph/ancestors.js';
import type {Graph, Node} from '../../graph/graph.js';
import {topologicalOrder} from '../../graph/topological_order.js';
import type {PassContext} from '../pass.js';
import {lowerBinary} from './binary.js';
import {lowerLayer} from './layers.js';
import {Lowering, type Rule} from './lowering.js';
import {lowerPool} from './pools.js';
import {lowerPrelu} from './prelu.js';
import {lowerShapeOp} from './shape_ops.js';
import {lowerSoftmax} from './softmax.js';
import {lowerUnary} from './unary.js';

const RULES: readonly Rule[] = [
  lowerUnary,
  lowerPrelu,
  lowerBinary,
  lowerPool,
  lowerSoftmax,
  lowerShapeOp,
];

/**
 * Decides which nodes compute on integers; the graph stays as it is.
 *
 * Every layer with integer weights does. Other ops do where their operands are integers already and
 * a layer follows: behind the last layer, what the caller gets (probabilities, boxes) is computed in
 * float, which costs next to nothing.
 *
 * @param decision what the report calls it: 'int8', …
 */
export function claimSites(graph: Graph, context: PassContext, decision: string): Lowering {
  const layerInputs = [...context.plan.filters.keys()].flatMap(name => graph.node(name).inputs);
  const lowering = new Lowering(graph, context, ancestorsOf(graph, layerInputs));
  const refused = new Map<string, string>();
  for (const node of topologicalOrder(graph)) {
    const result = consider(node, lowering);
    if (typeof result === 'string') refused.set(node.name, result);
    if (typeof result !== 'object') continue;
    lowering.claim(result);
    context.did(node.name, decision);
  }
  // A node that another one's site takes in was refused for nothing.
  const inside = lowering.interiors();
  for (const [name, reason] of refused) if (!inside.has(name)) context.left(name, reason);
  return lowering;
}

/** The site of the node if a rule takes it, the reason if one refuses it. */
function consider(node: Node, lowering: Lowering): ReturnType<Rule> {
  const {context, feedsLayer} = lowering;
  const isLayer = context.plan.filters.has(node.name);
  const isSettled = lowering.isInt8(node.name) || context.plan.skipped.has(node.name);
  if (node.op === 'Const' || isSettled || !(isLayer || feedsLayer.has(node.name))) return undefined;
  if (context.plan.carriers.has(node.name)) return 'it carries the state of a recurrent layer';
  for (const rule of isLayer ? [lowerLayer] : RULES) {
    const result = rule(node, lowering);
    if (result !== undefined) return result;
  }
  const computes = lowering.params(node.name) !== undefined && node.op !== 'Placeholder';
  return computes ? `${node.op} has no int8 form here` : undefined;
}
