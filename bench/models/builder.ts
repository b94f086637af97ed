import {type AttrLiteral, attributesOf} from '../../src/graph/attributes.js';
import {type Constant, floatConstant, intConstant} from '../../src/graph/constant.js';
import {Graph, type Node} from '../../src/graph/graph.js';

/** A tensor of a graph that is being built, NHWC, of one sample. */
export interface Image {
  readonly ref: string;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

export interface Vector {
  readonly ref: string;
  readonly channels: number;
}

export type Activation = 'relu' | 'relu6' | 'silu' | 'none';

/**
 * How batch norms are there: as ops, from which statistics are read, or folded into layers with their activations fused
 * to them, as a converted model that is to be run has them.
 */
export type Form = 'batch-norm' | 'fused';

export interface BuiltModel {
  readonly graph: Graph;
  readonly inputShape: readonly number[];
  /** Multiply-accumulates of one run. */
  readonly macs: number;
}

const OPS: Readonly<Record<Exclude<Activation, 'none' | 'silu'>, string>> = {
  relu: 'Relu',
  relu6: 'Relu6',
};

const FUSED = {conv: '_FusedConv2D', depthwise: 'FusedDepthwiseConv2dNative'};
const PLAIN = {conv: 'Conv2D', depthwise: 'DepthwiseConv2dNative'};

/**
 * Builds float graphs with random weights, the same each time. Filters are scaled by their fan-in and batch norms have
 * factors around 1, so that activations have the sizes that they have in trained networks.
 */
export class ModelBuilder {
  private readonly nodes: Node[] = [];
  private readonly constants: [string, Constant][] = [];
  private drawn = 0;
  private count = 0;
  private macs = 0;

  constructor(
    private readonly form: Form,
    private readonly inputShape: readonly number[],
  ) {
    const dim = inputShape.map((size, axis) => ({size: String(axis === 0 ? -1 : size)}));
    const attrs = {shape: {shape: {dim}}, dtype: {type: 'DT_FLOAT'}};
    this.nodes.push({name: 'input', op: 'Placeholder', inputs: [], attrs});
  }

  get image(): Image {
    const [, height, width, channels] = this.inputShape;
    return {ref: 'input', height, width, channels};
  }

  op(op: string, inputs: readonly string[], attrs: Record<string, AttrLiteral> = {}): string {
    const name = `${op.replace(/^_/, '')}_${this.count++}`;
    this.nodes.push({name, op, inputs, attrs: attributesOf(attrs)});
    return name;
  }

  /** Uniform on [mean − spread, mean + spread]. */
  weights(shape: readonly number[], spread: number, mean = 0): string {
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
    for (let i = 0; i < values.length; i++) values[i] = mean + spread * noise(++this.drawn);
    return this.constant(floatConstant(values, shape));
  }

  integers(values: readonly number[], shape?: readonly number[]): string {
    return this.constant(intConstant(values, shape));
  }

  private constant(value: Constant): string {
    const name = `const_${this.count++}`;
    this.constants.push([name, value]);
    return name;
  }

  /** Convolution, batch norm and activation. */
  conv(
    x: Image,
    channels: number,
    size: number | readonly [number, number],
    stride = 1,
    activation: Activation = 'relu',
  ): Image {
    const [height, width] = typeof size === 'number' ? [size, size] : size;
    const shape = [height, width, x.channels, channels];
    return this.filtered('conv', x, shape, channels, stride, activation);
  }

  depthwise(x: Image, stride = 1, activation: Activation = 'relu'): Image {
    return this.filtered('depthwise', x, [3, 3, x.channels, 1], x.channels, stride, activation);
  }

  private filtered(
    kind: 'conv' | 'depthwise',
    x: Image,
    shape: readonly number[],
    channels: number,
    stride: number,
    activation: Activation,
  ): Image {
    const [height, width] = [x.height, x.width].map(size => Math.ceil(size / stride));
    const taps = shape[0] * shape[1] * (kind === 'conv' ? x.channels : 1);
    this.macs += taps * height * width * channels;
    const filter = this.weights(shape, Math.sqrt(6 / taps));
    const window = {strides: [1, stride, stride, 1], dilations: [1, 1, 1, 1], padding: 'SAME'};
    const attrs = {...window, data_format: 'NHWC'};
    const fusable = activation === 'none' || activation === 'silu' ? [] : [OPS[activation]];
    const ref =
      this.form === 'fused'
        ? this.op(FUSED[kind], [x.ref, filter, this.weights([channels], 0.5)], {
            ...attrs,
            fused_ops: ['BiasAdd', ...fusable],
            num_args: 1,
          })
        : this.activated(
            this.batchNorm(this.op(PLAIN[kind], [x.ref, filter], attrs), channels),
            fusable,
          );
    const image = {ref, height, width, channels};
    return activation === 'silu' ? this.silu(image) : image;
  }

  private batchNorm(x: string, channels: number): string {
    const parameter = (spread: number, mean = 0) => this.weights([channels], spread, mean);
    const parameters = [parameter(0.5, 1), parameter(0.5), parameter(0.5), parameter(0.25, 1)];
    const attrs = {epsilon: 0.001, is_training: false, data_format: 'NHWC'};
    return this.op('FusedBatchNormV3', [x, ...parameters], attrs);
  }

  private activated(x: string, ops: readonly string[]): string {
    return ops.reduce((ref, op) => this.op(op, [ref]), x);
  }

  silu(x: Image): Image {
    return {...x, ref: this.op('Mul', [x.ref, this.op('Sigmoid', [x.ref])])};
  }

  add(a: Image, b: Image): Image {
    return {...a, ref: this.op('AddV2', [a.ref, b.ref])};
  }

  relu(x: Image): Image {
    return {...x, ref: this.op('Relu', [x.ref])};
  }

  maxPool(x: Image, size: number, stride: number): Image {
    const attrs = {ksize: [1, size, size, 1], strides: [1, stride, stride, 1], padding: 'SAME'};
    const [height, width] = [x.height, x.width].map(side => Math.ceil(side / stride));
    return {...x, height, width, ref: this.op('MaxPool', [x.ref], attrs)};
  }

  /** The two halves of the channels. */
  split(x: Image): [Image, Image] {
    const ref = this.op('Split', [this.integers([3], []), x.ref], {num_split: 2});
    const half = {...x, channels: x.channels / 2};
    return [
      {...half, ref},
      {...half, ref: `${ref}:1`},
    ];
  }

  concat(...images: Image[]): Image {
    const refs = images.map(({ref}) => ref);
    const ref = this.op('ConcatV2', [...refs, this.integers([3], [])], {N: refs.length});
    return {...images[0], ref, channels: images.reduce((sum, {channels}) => sum + channels, 0)};
  }

  /** Twice the size, nearest neighbour. */
  upsampled(x: Image): Image {
    const [height, width] = [2 * x.height, 2 * x.width];
    const size = this.integers([height, width]);
    return {...x, height, width, ref: this.op('ResizeNearestNeighbor', [x.ref, size])};
  }

  mean(x: Image): Vector {
    const ref = this.op('Mean', [x.ref, this.integers([1, 2])], {keep_dims: false});
    return {ref, channels: x.channels};
  }

  /** x · W + b */
  dense(x: Vector, channels: number): Vector {
    this.macs += x.channels * channels;
    const filter = this.weights([x.channels, channels], Math.sqrt(3 / x.channels));
    const bias = this.weights([channels], 0.1);
    if (this.form === 'fused') {
      const attrs = {fused_ops: ['BiasAdd'], num_args: 1};
      return {ref: this.op('_FusedMatMul', [x.ref, filter, bias], attrs), channels};
    }
    return {ref: this.op('BiasAdd', [this.op('MatMul', [x.ref, filter]), bias]), channels};
  }

  /** x · W, of a filter that several layers share. */
  product(x: Vector, filter: string, channels: number): Vector {
    this.macs += x.channels * channels;
    return {ref: this.op('MatMul', [x.ref, filter]), channels};
  }

  softmax(x: Vector): Vector {
    return {...x, ref: this.op('Softmax', [x.ref])};
  }

  build(...outputs: ReadonlyArray<{readonly ref: string}>): BuiltModel {
    const names = outputs.map(({ref}) => ref);
    const graph = new Graph(this.nodes, [], {inputs: ['input'], outputs: names}, {versions: {}});
    for (const [name, value] of this.constants) graph.addConstant(name, value);
    return {graph, inputShape: this.inputShape, macs: this.macs};
  }
}

/** The i-th of a sequence that looks uniform on [−1, 1): the mixing of MurmurHash3. */
function noise(i: number): number {
  let bits = Math.imul(i ^ (i >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) / 2 ** 31;
}
