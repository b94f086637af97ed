import {numberAttr, stringAttr} from '../../graph/attributes.js';
import type {Constant} from '../../graph/constant.js';
import {DfqError} from '../../graph/dfq_error.js';
import {type Graph, type Node, parseRef, refOf} from '../../graph/graph.js';
import type {ElementType, OnnxAttribute, OnnxNode, OnnxTensor, OnnxValueInfo} from './model.js';
import {int64s, reshaped, tensorOf, type TensorValue, transposed} from './tensors.js';

/** The type of int8 tensors in ONNX. */
export type ByteType = 'uint8' | 'int8';

/** An int8 grid: real = scale · (q − zeroPoint), q of [−128, 127]. */
export interface Grid {
  readonly scale: number;
  readonly zeroPoint: number;
}

/**
 * A tensor of our graph as it is in the ONNX graph. A 'channels-first' one has four axes and is NCHW where
 * ours is NHWC; any other has the axes of ours.
 */
export interface Value {
  readonly name: string;
  readonly type: ElementType;
  readonly layout: 'as-is' | 'channels-first';
  /** How many axes; undefined where the graph does not tell. */
  readonly rank?: number;
  /** Of an int8 tensor. */
  readonly grid?: Grid;
}

const TO_CHANNELS_FIRST = [0, 3, 1, 2];
const TO_CHANNELS_LAST = [0, 2, 3, 1];

/** Position in NCHW of each axis of NHWC. */
const CHANNELS_FIRST_AXES: readonly number[] = [0, 2, 3, 1];

/** The ONNX graph while it is built from ours, node by node. */
export class OnnxExporter {
  readonly nodes: OnnxNode[] = [];
  readonly initializers = new Map<string, OnnxTensor>();
  private readonly values = new Map<string, Value>();
  private readonly converted = new Map<string, Value>();
  private readonly names = new Set<string>();
  private origin = '';

  constructor(
    readonly graph: Graph,
    /** What holds an int8 tensor. */
    readonly byteType: ByteType,
  ) {
    for (const name of [...graph.inputs, ...graph.outputs]) this.names.add(name);
  }

  /** Sets the node that what follows stands for. */
  begin(node: Node): void {
    this.origin = node.name;
  }

  /** Where each tensor of our graph is to be found. */
  get tensors(): ReadonlyMap<string, Value> {
    return this.values;
  }

  // Operands

  /** @throws DfqError where the node has no such operand, or where it was not exported */
  operand(node: Node, index: number): Value {
    const ref = node.inputs[index];
    if (ref === undefined) throw this.error(node, `it has no operand ${index}`);
    return this.value(node, ref);
  }

  /** All operands but control edges. */
  operands(node: Node): Value[] {
    return node.inputs.filter(ref => !parseRef(ref).control).map(ref => this.value(node, ref));
  }

  private value(node: Node, ref: string): Value {
    const known = this.values.get(ref);
    if (known !== undefined) return known;
    const constant = this.graph.constants.get(ref);
    if (constant === undefined) throw this.error(node, `its operand '${ref}' has no value`);
    const value = this.initializer(ref, tensorOf(ref, constant));
    this.values.set(ref, value);
    return value;
  }

  constant(node: Node, index: number): Constant | undefined {
    return this.graph.constantInput(node, index);
  }

  /** @throws DfqError unless operand `index` is a constant */
  constantOf(node: Node, index: number, what: string): Constant {
    const constant = this.constant(node, index);
    if (constant === undefined) throw this.error(node, `its ${what} must be a constant`);
    return constant;
  }

  /** @throws DfqError unless operand `index` is a constant of numbers */
  numbers(node: Node, index: number, what: string): number[] {
    const constant = this.constantOf(node, index, what);
    if (constant.dtype === 'float32' || constant.dtype === 'int32') return [...constant.values];
    throw this.error(node, `its ${what} must be numbers`);
  }

  // Attributes that must be there

  number(node: Node, attribute: string): number {
    const value = numberAttr(node.attrs, attribute, NaN);
    if (Number.isNaN(value)) throw this.error(node, `attribute '${attribute}' is missing`);
    return value;
  }

  text(node: Node, attribute: string): string {
    const value = stringAttr(node.attrs, attribute, '');
    if (value === '') throw this.error(node, `attribute '${attribute}' is missing`);
    return value;
  }

  error(node: Node, reason: string): DfqError {
    return new DfqError(`'${node.name}' (${node.op}) can't be exported to ONNX: ${reason}`);
  }

  // Results

  set(node: Node, value: Value, index = 0): void {
    this.values.set(refOf(node.name, index), value);
  }

  /** Adds an ONNX node with one output, and returns the name of that. */
  add(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): string {
    return this.addMany(op, inputs, attributes, 1)[0];
  }

  addMany(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>>,
    count: number,
  ): string[] {
    const outputs = Array.from({length: count}, () => this.freshName(`${this.origin}/${op}`));
    this.nodes.push({op, inputs, outputs, attributes, origin: this.origin});
    return outputs;
  }

  initializer(hint: string, tensor: TensorValue): Value {
    const name = this.freshName(hint);
    this.initializers.set(name, {name, ...tensor});
    return {name, type: tensor.type, layout: 'as-is', rank: tensor.shape.length};
  }

  /** The name of a constant that belongs to the node at hand. */
  constantName(role: string, tensor: TensorValue): string {
    return this.initializer(`${this.origin}/${role}`, tensor).name;
  }

  // Layouts

  /** NCHW. The tensor must have four axes. */
  channelsFirst(value: Value): Value {
    if (value.layout === 'channels-first') return value;
    return this.convert(value, 'channels-first', TO_CHANNELS_FIRST);
  }

  /** The axes of our graph. */
  asIs(value: Value): Value {
    if (value.layout === 'as-is') return value;
    return this.convert(value, 'as-is', TO_CHANNELS_LAST);
  }

  private convert(value: Value, layout: Value['layout'], perm: readonly number[]): Value {
    const known = this.converted.get(value.name);
    if (known !== undefined) return known;
    const constant = this.initializers.get(value.name);
    const converted: Value =
      constant === undefined
        ? {...value, layout, rank: 4, name: this.transpose(value.name, perm)}
        : {...value, layout, ...this.moved(value.name, transposed(constant, perm))};
    this.converted.set(value.name, converted);
    this.converted.set(converted.name, value);
    return converted;
  }

  private transpose(name: string, perm: readonly number[]): string {
    const origin = this.origin;
    this.origin = name; // it serves other readers of the tensor too
    const output = this.add('Transpose', [name], {perm});
    this.origin = origin;
    return output;
  }

  private moved(name: string, tensor: TensorValue): Pick<Value, 'name'> {
    return {name: this.initializer(`${name}/channels_first`, tensor).name};
  }

  /** Operands that broadcast, in one layout. */
  aligned(...values: Value[]): Value[] {
    const first = values.some(({layout}) => layout === 'channels-first');
    const moved = first ? values.map(value => this.broadcastable(value)) : values;
    if (moved.every(value => value !== undefined)) return moved;
    return values.map(value => this.asIs(value));
  }

  /** NCHW that broadcasts as the value does over NHWC; undefined where its rank forbids. */
  private broadcastable(value: Value): Value | undefined {
    if (value.layout === 'channels-first' || value.rank === 0) return value;
    if (value.rank === 4) return this.channelsFirst(value);
    const constant = this.initializers.get(value.name);
    if (constant === undefined || constant.shape.length > 4) return undefined;
    const ones = new Array<number>(4 - constant.shape.length).fill(1);
    const full = transposed(reshaped(constant, [...ones, ...constant.shape]), TO_CHANNELS_FIRST);
    return {...value, layout: 'channels-first', rank: 4, ...this.moved(value.name, full)};
  }

  /** What `name`, an elementwise result of aligned operands, is. */
  broadcast(name: string, ...operands: Value[]): Value {
    const ranks = operands.map(({rank}) => rank ?? NaN);
    const rank = Math.max(...ranks);
    const layout = operands.some(operand => operand.layout === 'channels-first')
      ? 'channels-first'
      : 'as-is';
    return {name, type: operands[0].type, layout, rank: Number.isNaN(rank) ? undefined : rank};
  }

  /** An axis of our graph, as the value has it. */
  axisOf(value: Value, axis: number): number {
    if (value.layout === 'as-is') return axis;
    return CHANNELS_FIRST_AXES[axis < 0 ? axis + 4 : axis];
  }

  /** Shape operands are int64 in ONNX. */
  shapeOperand(node: Node, index: number): string {
    const constant = this.constant(node, index);
    if (constant?.dtype === 'int32')
      return this.constantName('shape', int64s([...constant.values]));
    return this.add('Cast', [this.operand(node, index).name], {to: 7});
  }

  // Ends

  /** Gives a tensor the name of the model's output. */
  output(name: string): OnnxValueInfo {
    const value = this.values.get(name) ?? this.outputConstant(name);
    const {name: source, type} = this.asIs(value);
    this.origin = name;
    this.nodes.push({
      op: 'Identity',
      inputs: [source],
      outputs: [name],
      attributes: {},
      origin: name,
    });
    return {name, type};
  }

  private outputConstant(name: string): Value {
    const constant = this.graph.constants.get(name);
    if (constant === undefined) throw new DfqError(`the model's output '${name}' has no value`);
    return this.initializer(`${name}/value`, tensorOf(name, constant));
  }

  private freshName(hint: string): string {
    let name = hint;
    for (let i = 1; this.names.has(name); i++) name = `${hint}_${i}`;
    this.names.add(name);
    return name;
  }
}
