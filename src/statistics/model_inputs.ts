import {type DataType, type NamedTensorMap, tensor} from '@tensorflow/tfjs-core';
import {DfqError} from '../graph/dfq_error.js';
import type {Graph, Node} from '../graph/graph.js';
import {probeImage} from './probe_images.js';
import {randomSource} from './random.js';

/** How pixel values v of 0–255 enter a model: (v − mean) / std, one number or one a channel. */
export interface PixelScaling {
  readonly mean: number | readonly number[];
  readonly std: number | readonly number[];
}

/** Pixels of [−1, 1], the most common convention of tfjs models. */
export const DEFAULT_SCALING: PixelScaling = {mean: 127.5, std: 127.5};

/** Height or width where the model leaves it open. */
const OPEN_SIZE = 224;

export interface InputSpec {
  readonly name: string;
  readonly dtype: DataType;
  /** −1 where the model leaves a size open; undefined where it leaves the rank open. */
  readonly shape?: readonly number[];
}

/** What the model is fed, as its placeholders or its signature declare it. */
export function inputSpecs(graph: Graph): InputSpec[] {
  return graph.inputs.map(name => {
    const node = graph.node(name);
    const declared = shapeOf(node);
    // Some converters leave the placeholder's shape empty and say it in the signature.
    const shape = declared?.length ? declared : (signatureShape(graph, name) ?? declared);
    return {name, dtype: dtypeOf(node), shape};
  });
}

/** The share of the inputs that is the same for every probe: what the caller gave. */
export interface ProbeOptions {
  readonly scaling?: PixelScaling;
  /** Values to feed in place of generated ones, by input name. */
  readonly examples?: NamedTensorMap;
}

/**
 * Inputs number `index` of the probe: procedural images for inputs that look like images, noise of
 * [−1, 1] for other floats, zeros for integers.
 *
 * The caller disposes the tensors that are not the caller's own examples.
 *
 * @throws DfqError for an input of unknown rank without an example
 */
export function probeInputs(graph: Graph, index: number, options: ProbeOptions): NamedTensorMap {
  const {examples = {}, scaling = DEFAULT_SCALING} = options;
  const specs = inputSpecs(graph);
  for (const {name, shape} of specs) {
    if (shape !== undefined || name in examples) continue;
    throw new DfqError(
      `input '${name}' has no declared shape; give an example of it (option examples)`,
    );
  }
  const made = specs.map(spec => [
    spec.name,
    examples[spec.name]?.clone() ?? generate(spec, spec.shape ?? [], index, scaling),
  ]);
  return Object.fromEntries(made) as NamedTensorMap;
}

/** NHWC or NCHW picture of one or three channels? */
export function imageLayout({shape, dtype}: InputSpec): 'NHWC' | 'NCHW' | undefined {
  if (shape?.length !== 4 || dtype === 'bool' || dtype === 'string') return undefined;
  if (shape[3] === 1 || shape[3] === 3) return 'NHWC';
  return shape[1] === 1 || shape[1] === 3 ? 'NCHW' : undefined;
}

/** How many channels the picture has that the input is; undefined where it is none. */
export function imageChannels(spec: InputSpec): number | undefined {
  const layout = imageLayout(spec);
  return layout && spec.shape?.[layout === 'NHWC' ? 3 : 1];
}

function generate(
  spec: InputSpec,
  declared: readonly number[],
  index: number,
  scaling: PixelScaling,
) {
  const layout = imageLayout(spec);
  if (layout !== undefined) return imageTensor(spec, declared, layout, index, scaling);
  const shape = declared.map(size => (size < 0 ? 1 : size));
  const count = shape.reduce((a, b) => a * b, 1);
  const random = randomSource(index + 1);
  const value = spec.dtype === 'float32' ? () => 2 * random() - 1 : () => 0;
  return tensor(Float32Array.from({length: count}, value), shape, spec.dtype);
}

function imageTensor(
  {dtype}: InputSpec,
  shape: readonly number[],
  layout: 'NHWC' | 'NCHW',
  index: number,
  scaling: PixelScaling,
) {
  const open = (size: number) => (size < 0 ? OPEN_SIZE : size);
  const [height, width, channels] =
    layout === 'NHWC'
      ? [open(shape[1]), open(shape[2]), shape[3]]
      : [open(shape[2]), open(shape[3]), shape[1]];
  const batch = Math.max(shape[0], 1);
  const size = height * width * channels;
  const all = new Float32Array(batch * size);
  for (let i = 0; i < batch; i++) {
    const pixels = probeImage(index * batch + i, height, width, channels);
    const values = dtype === 'float32' ? scale(pixels, channels, scaling) : pixels;
    all.set(layout === 'NHWC' ? values : planar(values, channels), i * size);
  }
  const sizes = layout === 'NHWC' ? [height, width, channels] : [channels, height, width];
  return tensor(all, [batch, ...sizes], dtype);
}

/** CHW from HWC. */
function planar(values: Float32Array, channels: number): Float32Array {
  const plane = values.length / channels;
  return values.map((_, i) => values[(i % plane) * channels + Math.floor(i / plane)]);
}

function scale(pixels: Float32Array, channels: number, {mean, std}: PixelScaling): Float32Array {
  const at = (value: number | readonly number[], c: number) =>
    typeof value === 'number' ? value : value[c % value.length];
  return pixels.map((v, i) => (v - at(mean, i % channels)) / at(std, i % channels));
}

interface ShapeProto {
  readonly unknownRank?: boolean;
  readonly dim?: ReadonlyArray<{readonly size?: number | string}>;
}

function dimensions(shape: ShapeProto | undefined): number[] | undefined {
  if (shape === undefined || shape.unknownRank) return undefined;
  return (shape.dim ?? []).map(({size}) => Number(size ?? -1));
}

function shapeOf(node: Node): number[] | undefined {
  return dimensions(node.attrs['shape']?.shape as ShapeProto | undefined);
}

function signatureShape(graph: Graph, name: string): number[] | undefined {
  const {signature, userDefinedMetadata} = graph.modelFields as {
    signature?: SignatureInputs;
    userDefinedMetadata?: {signature?: SignatureInputs};
  };
  const inputs = (userDefinedMetadata?.signature ?? signature)?.inputs ?? {};
  const info = Object.values(inputs).find(entry => entry.name?.split(':')[0] === name);
  return dimensions(info?.tensorShape);
}

interface SignatureInputs {
  readonly inputs?: Readonly<
    Record<string, {readonly name?: string; readonly tensorShape?: ShapeProto}>
  >;
}

const DTYPES: Readonly<Record<string, DataType>> = {
  DT_FLOAT: 'float32',
  DT_HALF: 'float32',
  DT_BOOL: 'bool',
  DT_STRING: 'string',
};

function dtypeOf(node: Node): DataType {
  const type = String(node.attrs['dtype']?.type ?? 'DT_FLOAT');
  return DTYPES[type] ?? (type === '1' ? 'float32' : 'int32');
}
