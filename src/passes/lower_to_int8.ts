import {type Graph, type Node, parseRef} from '../graph/graph.js';
import {topologicalOrder} from '../graph/topological_order.js';
import {lowerBinary} from './lowering/binary.js';
import {lowerLayer} from './lowering/layers.js';
import {Lowering, type Rule} from './lowering/lowering.js';
import {lowerPool} from './lowering/pools.js';
import {lowerPrelu} from './lowering/prelu.js';
import {lowerShapeOp} from './lowering/shape_ops.js';
import {lowerSoftmax} from './lowering/softmax.js';
import {lowerUnary} from './lowering/unary.js';
import type {Pass, PassContext} from './pass.js';

/**
 * Replace float ops by int8 ops, with Quantize and Dequantize only at the borders.
 *
 * Every layer with integer weights becomes int8. Other ops do where their operands are int8 already
 * and a layer follows: behind the last layer, what the caller gets (probabilities, boxes) is
 * computed in float, which costs next to nothing.
 */
export const lowerToInt8: Pass<'lower-to-int8'> = {
  name: 'lower-to-int8',
  summary: 'replace float ops by int8 ops',
  preservesFunction: false,
  run(graph, context) {
    const lowering = new Lowering(graph, context, ancestorsOfLayers(graph, context));
    const refused = new Map<Node, string>();
    for (const node of topologicalOrder(graph)) {
      const reason = consider(node, lowering);
      if (reason !== undefined) refused.set(node, reason);
    }
    lowering.rewrite();
    // A node that another one's site has taken in was refused for nothing.
    for (const [{name, op}, reason] of refused) {
      if (graph.has(name) && graph.node(name).op === op) context.left(name, reason);
    }
  },
};

const RULES: readonly Rule[] = [
  lowerUnary,
  lowerPrelu,
  lowerBinary,
  lowerPool,
  lowerSoftmax,
  lowerShapeOp,
];

/** Claims the node if a rule takes it; returns the reason if one refuses it. */
function consider(node: Node, lowering: Lowering): string | undefined {
  const {context, feedsLayer} = lowering;
  const isLayer = context.plan.filters.has(node.name);
  const isSettled = lowering.isInt8(node.name) || context.plan.skipped.has(node.name);
  if (node.op === 'Const' || isSettled || !(isLayer || feedsLayer.has(node.name))) return undefined;
  for (const rule of isLayer ? [lowerLayer] : RULES) {
    const result = rule(node, lowering);
    if (typeof result === 'string') return result;
    if (result === undefined) continue;
    lowering.claim(result);
    context.did(node.name, 'int8');
    return undefined;
  }
  const computes = lowering.params(node.name) !== undefined && node.op !== 'Placeholder';
  return computes ? `${node.op} has no int8 form here` : undefined;
}

/** Names of the nodes from which a layer with integer weights can be reached. */
function ancestorsOfLayers(graph: Graph, {plan}: PassContext): Set<string> {
  const found = new Set<string>();
  const pending = [...plan.filters.keys()].flatMap(name => graph.node(name).inputs);
  for (let ref = pending.pop(); ref !== undefined; ref = pending.pop()) {
    const {node} = parseRef(ref);
    if (found.has(node)) continue;
    found.add(node);
    pending.push(...graph.node(node).inputs);
  }
  return found;
}
