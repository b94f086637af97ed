import type {Node} from '../../graph/graph.js';
import type {ByteType, Grid, OnnxExporter, Value} from './exporter.js';
import {floats, int8s, type TensorValue} from './tensors.js';

/** The attributes `…Scale` and `…ZeroPoint` of a node. */
export function gridOf(exporter: OnnxExporter, node: Node, prefix: string): Grid {
  return {
    scale: Math.fround(exporter.number(node, `${prefix}Scale`)),
    zeroPoint: exporter.number(node, `${prefix}ZeroPoint`),
  };
}

/** What is added to an integer of [−128, 127] where it is held as uint8. */
export function byteOffset(type: ByteType): number {
  return type === 'uint8' ? 128 : 0;
}

/** Integers of [−128, 127] as the activations are held. */
export function bytes(type: ByteType, values: ArrayLike<number>, shape = [values.length]) {
  if (type === 'int8') return int8s(values, shape);
  const tensor: TensorValue = {type, shape, values: Uint8Array.from(values, q => q + 128)};
  return tensor;
}

/** The float tensor that an int8 tensor stands for. */
export function dequantized(exporter: OnnxExporter, value: Value): Value {
  const {grid, ...rest} = value;
  if (grid === undefined) throw new Error(`'${value.name}' is not on a grid`);
  const name = exporter.add('DequantizeLinear', [value.name, ...gridOperands(exporter, grid)]);
  return {...rest, name, type: 'float32'};
}

/**
 * Operand `index` as an int8 tensor, also where it is a constant of integers.
 *
 * @param grid where it lies, if the op says so; else what made it has said so
 * @throws DfqError unless it is an int8 tensor on a known grid
 */
export function int8Operand(exporter: OnnxExporter, node: Node, index: number, grid?: Grid): Value {
  const constant = exporter.constant(node, index);
  if (constant?.dtype === 'int32' && grid !== undefined) {
    const tensor = bytes(exporter.byteType, constant.values, [...constant.shape]);
    return {...exporter.initializer(`${node.name}/operand_${index}`, tensor), grid};
  }
  const value = exporter.operand(node, index);
  if (value.type !== exporter.byteType) {
    throw exporter.error(node, `operand ${index} is ${value.type} where an int8 tensor is needed`);
  }
  return {...value, grid: grid ?? value.grid};
}

/** A float tensor on a grid, clamped to [lo, hi]. */
export function quantized(
  exporter: OnnxExporter,
  value: Value,
  grid: Grid,
  [lo, hi]: readonly [number, number] = [-128, 127],
): Value {
  const {byteType} = exporter;
  const name = exporter.add('QuantizeLinear', [value.name, ...gridOperands(exporter, grid)]);
  const result: Value = {...value, name, type: byteType, grid};
  if (lo === -128 && hi === 127) return result;
  const bound = (role: string, q: number) => exporter.constantName(role, bytes(byteType, [q], []));
  const clipped = exporter.add('Clip', [name, bound('lo', lo), bound('hi', hi)]);
  return {...result, name: clipped};
}

/** A float tensor as the result of an int8 op: on the grid and within the clamp of its attributes. */
export function quantizedResult(exporter: OnnxExporter, node: Node, value: Value): Value {
  return quantized(exporter, value, gridOf(exporter, node, 'out'), clampOf(exporter, node));
}

export function clampOf(exporter: OnnxExporter, node: Node): [number, number] {
  return [exporter.number(node, 'lo'), exporter.number(node, 'hi')];
}

function gridOperands(exporter: OnnxExporter, {scale, zeroPoint}: Grid): string[] {
  return [
    exporter.constantName('scale', floats([scale], [])),
    exporter.constantName('zero_point', bytes(exporter.byteType, [zeroPoint], [])),
  ];
}
