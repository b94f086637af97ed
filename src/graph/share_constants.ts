import type {Constant} from './constant.js';
import {type Graph, parseRef, refOf} from './graph.js';

/**
 * Lets nodes that read equal constants read one: it is stored, loaded and packed once. Constants that
 * the model returns stay.
 */
export function shareConstants(graph: Graph): void {
  const first = new Map<string, string[]>();
  const twins = new Map<string, string>();
  for (const [name, constant] of graph.constants) {
    if (constant.dtype === 'string' || graph.isOutput(name)) continue;
    const key = `${constant.dtype} ${constant.shape} ${hash(bitsOf(constant).subarray(0, HASHED))}`;
    const alike = first.get(key) ?? [];
    const twin = alike.find(other => isSame(constant, graph.constants.get(other)));
    if (twin === undefined) first.set(key, [...alike, name]);
    else twins.set(name, twin);
  }
  for (const node of graph.nodes) {
    const inputs = node.inputs.map(ref => {
      const {node: name, index, control} = parseRef(ref);
      const twin = control ? undefined : twins.get(name);
      return twin === undefined ? ref : refOf(twin, index);
    });
    if (inputs.some((ref, i) => ref !== node.inputs[i])) graph.replace({...node, inputs});
  }
  for (const name of twins.keys()) if (graph.users(name).length === 0) graph.remove(name);
}

/** Bytes that tell almost all constants of one shape apart. */
const HASHED = 256;

type Numeric = Exclude<Constant, {dtype: 'string'}>;

function isSame(a: Numeric, b: Constant | undefined): boolean {
  if (b === undefined || b.dtype === 'string' || a.values.length !== b.values.length) return false;
  const sameEncoding = JSON.stringify(a.encoding) === JSON.stringify(b.encoding);
  const [left, right] = [bitsOf(a), bitsOf(b)];
  return sameEncoding && left.every((bits, i) => bits === right[i]);
}

function bitsOf({values}: Numeric): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** FNV-1a */
function hash(bytes: Uint8Array): number {
  let value = 0x811c9dc5;
  for (const byte of bytes) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}
