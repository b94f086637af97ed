import {registerOp, type GraphNode} from '@tensorflow/tfjs-converter';
import {
  engine,
  getBackend,
  getKernel,
  tidy,
  type NamedAttrMap,
  type Tensor,
} from '@tensorflow/tfjs-core';
import {type AccumulatorAttrs, Int8Op, INT8_OPERANDS, type Int8Attrs} from '../src/ops.js';
import {depthToSpace, spaceToDepth} from './block_ops.js';
import {emulations} from './emulation/index.js';
import {readAttrs} from './graph_op_attrs.js';
import {stridedSlice} from './strided_slice_op.js';

/**
 * Makes the converter's GraphModel understand the int8 graph ops, and those stock ops on int8
 * tensors that tfjs lacks (SpaceToDepth), refuses (DepthToSpace) or gets wrong (StridedSlice).
 *
 * Where the current backend has a kernel of the op's name, that runs; on any other backend the op
 * is emulated in float32 tfjs ops.
 */
export function registerGraphOps(): void {
  for (const op of Object.values(Int8Op)) registerOp(op, node => named(node, () => run(op, node)));
  registerOp('SpaceToDepth', node => named(node, () => spaceToDepth(node)));
  registerOp('DepthToSpace', node => named(node, () => depthToSpace(node)));
  registerOp('StridedSlice', node => named(node, () => stridedSlice(node)));
}

/** Runs, and names the node in the message of any error. */
function named(node: GraphNode, execute: () => Tensor): Tensor {
  try {
    return execute();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`node '${definitionOf(node)?.name ?? '?'}': ${message}`, {cause});
  }
}

interface Definition {
  readonly name: string;
}

/** The node of the graph. The converter's own class of GraphNode has it, though its interface does not say so. */
function definitionOf(node: GraphNode): Definition | undefined {
  return (node as GraphNode & {readonly node?: Definition}).node;
}

/** The attributes of nodes that have run: reading them takes as long as running a small kernel. */
const known = new WeakMap<Definition, Int8Attrs[Int8Op]>();

function attrsOf<Op extends Int8Op>(op: Op, node: GraphNode): Int8Attrs[Op] {
  const definition = definitionOf(node);
  // A definition has one op, and so attributes of one type.
  const read = definition && (known.get(definition) as Int8Attrs[Op] | undefined);
  if (read !== undefined) return read;
  const attrs = readAttrs(op, node.attrs);
  if (definition !== undefined) known.set(definition, attrs);
  return attrs;
}

function run<Op extends Int8Op>(op: Op, node: GraphNode): Tensor {
  const attrs = attrsOf(op, node);
  const operands = operandsOf(op, node.inputs, attrs);
  if (getKernel(op, getBackend()) == null) return tidy(() => emulations[op](operands, attrs));
  return engine().runKernel(op, operands, attrs as unknown as NamedAttrMap);
}

/** The graph inputs by name. */
function operandsOf(
  op: Int8Op,
  inputs: readonly (Tensor | undefined)[],
  attrs: Int8Attrs[Int8Op],
): Record<string, Tensor> {
  const operands: Record<string, Tensor> = {};
  INT8_OPERANDS[op].forEach((label, i) => {
    const name = label.replace('?', '');
    if (name === 'activation' && 'activation' in attrs && isWithoutOperand(attrs)) return;
    const tensor = inputs[i];
    if (tensor === undefined) throw new Error(`${op}: input ${i}, '${name}', is missing`);
    operands[name] = tensor;
  });
  return operands;
}

function isWithoutOperand({activation}: AccumulatorAttrs): boolean {
  return activation === 'none' || activation === 'dequantize';
}
