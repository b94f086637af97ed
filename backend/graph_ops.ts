import {registerOp, type GraphNode} from '@tensorflow/tfjs-converter';
import {
  engine,
  getBackend,
  getKernel,
  reshape,
  tidy,
  transpose,
  type NamedAttrMap,
  type Tensor,
} from '@tensorflow/tfjs-core';
import {Int8Op, INT8_OPERANDS, type Int8Attrs} from '../src/ops.js';
import {emulations} from './emulation/index.js';
import {readAttrs} from './graph_op_attrs.js';

/**
 * Makes the converter's GraphModel understand the int8 graph ops, and SpaceToDepth, which it lacks.
 *
 * Where the current backend has a kernel of the op's name, that runs; on any other backend the op
 * is emulated in float32 tfjs ops.
 */
export function registerGraphOps(): void {
  for (const op of Object.values(Int8Op)) registerOp(op, node => named(node, () => run(op, node)));
  registerOp('SpaceToDepth', node => named(node, () => spaceToDepth(node)));
}

/** Runs, and names the node in the message of any error. */
function named(node: GraphNode, execute: () => Tensor): Tensor {
  try {
    return execute();
  } catch (cause) {
    // The converter's own class of GraphNode has the node's definition, its interface does not.
    const {node: definition} = node as GraphNode & {readonly node?: {readonly name: string}};
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`node '${definition?.name ?? '?'}': ${message}`, {cause});
  }
}

function run<Op extends Int8Op>(op: Op, node: GraphNode): Tensor {
  const attrs = readAttrs(op, node.attrs);
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
    if (name === 'activation' && 'activation' in attrs && attrs.activation === 'none') return;
    const tensor = inputs[i];
    if (tensor === undefined) throw new Error(`${op}: input ${i}, '${name}', is missing`);
    operands[name] = tensor;
  });
  return operands;
}

/** Blocks of an image's pixels become its channels: TensorFlow's SpaceToDepth. */
function spaceToDepth({inputs: [x], attrs}: GraphNode): Tensor {
  const block = Number(attrs['block_size']);
  const channelsFirst = attrs['data_format'] === 'nchw';
  const [batch, ...sizes] = x.shape;
  const [height, width, depth] = channelsFirst ? [sizes[1], sizes[2], sizes[0]] : sizes;
  const [rows, columns] = [height / block, width / block];
  if (x.shape.length !== 4 || !Number.isInteger(rows) || !Number.isInteger(columns)) {
    throw new Error(
      `SpaceToDepth: x has shape [${x.shape.join(', ')}], not an image of whole blocks of ${block}`,
    );
  }
  const channels = depth * block ** 2;
  return tidy(() => {
    if (channelsFirst) {
      const blocks = reshape(x, [batch, depth, rows, block, columns, block]);
      return reshape(transpose(blocks, [0, 3, 5, 1, 2, 4]), [batch, channels, rows, columns]);
    }
    const blocks = reshape(x, [batch, rows, block, columns, block, depth]);
    return reshape(transpose(blocks, [0, 1, 3, 2, 4, 5]), [batch, rows, columns, channels]);
  });
}
