import {attributesOf, float as floatAttr} from '../graph/attributes.js';
import {type Graph, type Node, parseRef, refOf} from '../graph/graph.js';
import {Int8Op} from '../ops.js';
import type {Grid} from '../quant/grid.js';
import type {QuantParams} from '../quant/quant_params.js';
import {isInt8Op} from './ops.js';

/** An int8 op beside the float node whose value it computes. */
export interface Int8Site {
  /** The float node; its value's reference, too. */
  readonly ref: string;
  readonly op: Int8Op;
  /** The node of the int8 graph. */
  readonly int8: Node;
  /** Grid of its result; absent where the op leaves int8. */
  readonly grid?: QuantParams;
}

const SUFFIX = '/int8';

/** The int8 ops that compute a value of the float graph, in the order of the int8 graph. */
export function int8Sites(
  float: Graph,
  int8: Graph,
  grids: ReadonlyMap<string, QuantParams>,
): Int8Site[] {
  return int8.nodes.flatMap((node): Int8Site[] => {
    const {op, name} = node;
    if (!isInt8Op(op) || op === Int8Op.Quantize || op === Int8Op.Dequantize) return [];
    const ref = name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : name;
    if (!float.has(ref)) return [];
    return [{ref, op, int8: node, ...(ref === name ? {} : {grid: grids.get(ref)})}];
  });
}

/**
 * The float graph with every int8 op beside the float node that it stands for, fed by the float operands
 * put on their grids. What such an op computes is off by its own error alone, not by that of the ops before it.
 *
 * @returns the graph, and in it the node of each site, by the site's `ref`
 */
export function forcedGraph(
  float: Graph,
  int8: Graph,
  sites: readonly Int8Site[],
  grids: ReadonlyMap<string, QuantParams>,
  grid: Grid,
): {graph: Graph; nodes: ReadonlyMap<string, string>} {
  const graph = float.clone();
  const copied = new Map<string, string>();
  const once = (key: string, make: () => string) => {
    const known = copied.get(key) ?? make();
    copied.set(key, known);
    return known;
  };
  const quantized = (ref: string) =>
    once(`quantize ${ref}`, () => addQuantize(graph, ref, grids.get(ref), grid));
  const operand = (ref: string): string => {
    const {node, index} = parseRef(ref);
    const producer = int8.node(node);
    const constant = int8.constants.get(node);
    if (constant !== undefined)
      return once(`constant ${node}`, () => graph.addConstant(`forced/${node}`, constant));
    if (producer.op === Int8Op.Quantize) return quantized(producer.inputs[0]);
    return node.endsWith(SUFFIX) ? quantized(refOf(node.slice(0, -SUFFIX.length), index)) : ref;
  };
  const nodes = new Map<string, string>();
  for (const {ref, int8: node} of sites) {
    const name = graph.freshName(`forced/${ref}`);
    const inputs = node.inputs.filter(input => !parseRef(input).control).map(operand);
    graph.add({name, op: node.op, attrs: node.attrs, inputs});
    nodes.set(ref, name);
  }
  return {graph, nodes};
}

function addQuantize(
  graph: Graph,
  ref: string,
  params: QuantParams | undefined,
  {min, max}: Grid,
): string {
  if (params === undefined) throw new Error(`no grid for '${ref}'`);
  const name = graph.freshName(`forced/quantize/${ref.replace(':', '_')}`);
  const attrs = attributesOf({
    outScale: floatAttr(params.scale),
    outZeroPoint: params.zeroPoint,
    lo: min,
    hi: max,
  });
  graph.add({name, op: Int8Op.Quantize, inputs: [ref], attrs});
  return name;
}
