import type {Constant} from '../graph/constant.js';
import {type Graph, type Node, parseRef} from '../graph/graph.js';
import {isInt8Op} from './ops.js';

/**
 * Where a stored int8 graph is not the one that its options give again: it was made by another version
 * of the passes, from other weights or from data that is not there now.
 *
 * @returns name of the int8 node → what differs
 */
export function mismatches(expected: Graph, stored: Graph): Map<string, string> {
  const found = new Map<string, string>();
  for (const node of stored.nodes.filter(({op}) => isInt8Op(op))) {
    const reason = difference(node, expected, stored);
    if (reason !== undefined) found.set(node.name, reason);
  }
  return found;
}

function difference(node: Node, expected: Graph, stored: Graph): string | undefined {
  if (!expected.has(node.name)) return 'the float model quantized again has no such op';
  const twin = expected.node(node.name);
  if (twin.op !== node.op || JSON.stringify(twin.inputs) !== JSON.stringify(node.inputs))
    return 'the float model quantized again has another op in its place';
  if (JSON.stringify(twin.attrs) !== JSON.stringify(node.attrs))
    return 'the float model quantized again has other grids';
  const constants = (graph: Graph) =>
    node.inputs.map(ref => graph.constants.get(parseRef(ref).node));
  const [ours, theirs] = [constants(stored), constants(expected)];
  return ours.every((constant, i) => equal(constant, theirs[i]))
    ? undefined
    : 'the float model quantized again has other integers';
}

function equal(a?: Constant, b?: Constant): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.values.length !== b.values.length) return false;
  for (let i = 0; i < a.values.length; i++) if (a.values[i] !== b.values[i]) return false;
  return true;
}
