import {registerOp, type GraphNode} from '@tensorflow/tfjs-converter';
import {getBackend, getKernel, tidy, type NamedAttrMap, type Tensor} from '@tensorflow/tfjs-core';
import {type AccumulatorAttrs, Int8Op, INT8_OPERANDS, type Int8Attrs} from '../src/ops.js';
import {depthToSpace, spaceToDepth} from './block_ops.js';
import {emulations} from './emulation/index.js';
import {readAttrs} from './graph_op_attrs.js';
import {runKernel} from './run_kernel.js';
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

/** A node of the graph. The converter's own class of GraphNode has it, though its interface does not say so. */
interface Definition {
  readonly name: string;
  /** The attributes as the file has them: the executor parses them all for every call of a registered op. */
  rawAttrs?: object;
}

function definitionOf(node: GraphNode): Definition | undefined {
  return (node as GraphNode & {readonly node?: Definition}).node;
}

/** What does not change from one run of a node to the next. */
interface KnownNode<Op extends Int8Op> {
  readonly attrs: Int8Attrs[Op];
  readonly operandNames: readonly string[];
}

const known = new WeakMap<Definition, KnownNode<Int8Op>>();

function knownNode<Op extends Int8Op>(op: Op, node: GraphNode): KnownNode<Op> {
  const definition = definitionOf(node);
  // A definition has one op, and so attributes of one type.
  const before = definition && (known.get(definition) as KnownNode<Op> | undefined);
  if (before !== undefined) return before;
  const attrs = readAttrs(op, node.attrs);
  const now = {attrs, operandNames: operandNamesOf(op, attrs)};
  if (definition !== undefined) {
    known.set(definition, now);
    definition.rawAttrs = {}; // so that the executor need not parse them again; they stay in the model's topology
  }
  return now;
}

function operandNamesOf<Op extends Int8Op>(op: Op, attrs: Int8Attrs[Op]): string[] {
  const names = INT8_OPERANDS[op].map(label => label.replace('?', ''));
  const isLess = 'activation' in attrs && isWithoutOperand(attrs);
  return isLess ? names.filter(name => name !== 'activation') : names;
}

function isWithoutOperand({activation}: AccumulatorAttrs): boolean {
  return activation === 'none' || activation === 'dequantize';
}

function run<Op extends Int8Op>(op: Op, node: GraphNode): Tensor {
  const {attrs, operandNames} = knownNode(op, node);
  const operands: Record<string, Tensor> = {};
  for (let i = 0; i < operandNames.length; i++) {
    const tensor: Tensor | undefined = node.inputs[i];
    if (tensor === undefined) {
      throw new Error(`${op}: input ${i}, '${operandNames[i]}', is missing`);
    }
    operands[operandNames[i]] = tensor;
  }
  const kernel = getKernel(op, getBackend());
  if (kernel == null) return tidy(() => emulations[op](operands, attrs));
  return runKernel(kernel, operands, attrs as unknown as NamedAttrMap);
}
