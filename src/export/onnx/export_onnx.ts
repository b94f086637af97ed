import type {Graph, Node} from '../../graph/graph.js';
import {topologicalOrder} from '../../graph/topological_order.js';
import {type ByteType, OnnxExporter, type Value} from './exporter.js';
import type {ElementType, OnnxModel, OnnxValueInfo} from './model.js';
import type {Rules} from './rule.js';
import {ELEMENTWISE} from './rules/elementwise.js';
import {FLOAT_LAYERS} from './rules/float_layers.js';
import {INT8_ELEMENTWISE} from './rules/int8_elementwise.js';
import {INT8_LAYERS} from './rules/int8_layers.js';
import {POOLS} from './rules/pools.js';
import {REDUCTIONS} from './rules/reductions.js';
import {SHAPE_OPS} from './rules/shape_ops.js';

const RULES: Rules = {
  ...INT8_LAYERS,
  ...INT8_ELEMENTWISE,
  ...FLOAT_LAYERS,
  ...ELEMENTWISE,
  ...POOLS,
  ...REDUCTIONS,
  ...SHAPE_OPS,
};

export interface ExportedOnnx {
  readonly model: OnnxModel;
  /** The ONNX tensor that holds each tensor of the graph, by reference. */
  readonly tensors: ReadonlyMap<string, Value>;
}

/**
 * A graph, float or int8, as an ONNX model of the same inputs and outputs (NHWC as in ours; inside, NCHW with
 * transposes at its borders). An int8 op becomes its float counterpart between DequantizeLinear and
 * QuantizeLinear (QDQ), which runtimes take for one int8 kernel.
 *
 * @param byteType what holds int8 activations. The integers of a uint8 tensor are ours + 128
 * @throws DfqError that names the first node that can't be exported, and why
 */
export function exportOnnx(graph: Graph, byteType: ByteType): ExportedOnnx {
  const exporter = new OnnxExporter(graph, byteType);
  const order = topologicalOrder(graph);
  const inputs = order
    .filter(({op}) => op.startsWith('Placeholder'))
    .map(node => addInput(exporter, node));
  for (const node of order) {
    if (node.op === 'Const' || node.op === 'NoOp' || node.op.startsWith('Placeholder')) continue;
    const rule = RULES[node.op];
    if (rule === undefined) throw exporter.error(node, 'there is no rule for this operation');
    exporter.begin(node);
    rule(node, exporter);
  }
  const outputs = graph.outputs.map(name => exporter.output(name));
  const {nodes, tensors} = exporter;
  const used = new Set(nodes.flatMap(node => node.inputs));
  const initializers = [...exporter.initializers.values()].filter(({name}) => used.has(name));
  return {model: {nodes, initializers, inputs, outputs}, tensors};
}

const INPUT_TYPES: Readonly<Record<string, ElementType>> = {
  DT_FLOAT: 'float32',
  DT_INT32: 'int32',
  DT_BOOL: 'bool',
};

/** Sizes that are open get names, the first that of the batch. */
function addInput(exporter: OnnxExporter, node: Node): OnnxValueInfo {
  const given = node.attrs.dtype?.type ?? 'DT_FLOAT';
  const type = INPUT_TYPES[String(given)];
  if (type === undefined) throw exporter.error(node, `its type is ${given}`);
  const dims = dimsOf(node);
  const shape = dims?.map((size, axis) =>
    size >= 0 ? size : axis === 0 ? 'batch' : `${node.name}_${axis}`,
  );
  exporter.set(node, {name: node.name, type, layout: 'as-is', rank: shape?.length});
  return {name: node.name, type, shape};
}

interface ShapeAttr {
  readonly dim?: ReadonlyArray<{readonly size?: string | number}>;
  readonly unknownRank?: boolean;
}

function dimsOf({attrs}: Node): number[] | undefined {
  const shape = attrs.shape?.shape as ShapeAttr | undefined;
  if (shape === undefined || shape.unknownRank) return undefined;
  return (shape.dim ?? []).map(({size}) => Number(size ?? -1));
}
