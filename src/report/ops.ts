import {INT8_OPERANDS, type Int8Op} from '../ops.js';
import type {Graph} from '../graph/graph.js';

export function isInt8Op(op: string): op is Int8Op {
  return op in INT8_OPERANDS;
}

/** Op histogram, most frequent first; constants are left out. */
export function opHistogram(graph: Graph): Record<string, number> {
  const counts = new Map<string, number>();
  for (const {op} of graph.nodes) if (op !== 'Const') counts.set(op, (counts.get(op) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}
