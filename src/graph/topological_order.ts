import {DfqError} from './dfq_error.js';
import {type Graph, type Node, parseRef} from './graph.js';

/**
 * The nodes, producers before users. The one edge that closes a loop, from NextIteration back to
 * Merge, is not followed.
 *
 * @throws DfqError if there is any other cycle, or an operand that no node makes
 */
export function topologicalOrder(graph: Graph): Node[] {
  const order: Node[] = [];
  const state = new Map<string, 'open' | 'done'>();
  for (const node of graph.nodes) visit(graph, node, state, order);
  return order;
}

/** Depth first without recursion: a graph may be thousands of nodes deep. */
function visit(graph: Graph, root: Node, state: Map<string, 'open' | 'done'>, order: Node[]): void {
  if (state.has(root.name)) return;
  state.set(root.name, 'open');
  const stack = [{node: root, next: 0}];
  while (stack.length > 0) {
    const frame = stack[stack.length - 1];
    if (frame.next === frame.node.inputs.length) {
      state.set(frame.node.name, 'done');
      order.push(frame.node);
      stack.pop();
      continue;
    }
    const name = parseRef(frame.node.inputs[frame.next++]).node;
    if (!graph.has(name)) {
      throw new DfqError(`'${frame.node.name}' reads '${name}', which the graph does not have`);
    }
    const producer = graph.node(name);
    if (producer.op === 'NextIteration' || state.get(name) === 'done') continue;
    if (state.has(name)) throw new DfqError(`the graph has a cycle through '${name}'`);
    state.set(name, 'open');
    stack.push({node: producer, next: 0});
  }
}
