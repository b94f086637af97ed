import {type Graph, parseRef} from './graph.js';

/** Names of the nodes that the tensors depend on, those that make them included. */
export function ancestorsOf(graph: Graph, refs: Iterable<string>): Set<string> {
  const found = new Set<string>();
  const pending = [...refs];
  for (let ref = pending.pop(); ref !== undefined; ref = pending.pop()) {
    const {node} = parseRef(ref);
    if (found.has(node)) continue;
    found.add(node);
    pending.push(...graph.node(node).inputs);
  }
  return found;
}
