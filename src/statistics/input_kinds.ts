import {type Graph, type Node, parseRef} from '../graph/graph.js';
import {imageLayout, type InputSpec, type PixelScaling} from './input_specs.js';

/**
 * What an input holds:
 *
 * - 'image': a picture of 1 or 3 channels, NHWC or NCHW
 * - 'waveform': sound, [N, T], [N, T, 1] or [T]
 * - 'spectrogram': [N, T, F] or [N, T, F, 1], standardized logarithms
 * - 'tokens': whole numbers that choose rows of a table
 * - 'one-hot': [N, T, F] with one 1 in each row
 * - 'uniform': numbers spread evenly over a range
 * - 'zeros': nothing
 */
export type InputKind =
  'image' | 'waveform' | 'spectrogram' | 'tokens' | 'one-hot' | 'uniform' | 'zeros';

export const INPUT_KINDS: readonly InputKind[] = [
  'image',
  'waveform',
  'spectrogram',
  'tokens',
  'one-hot',
  'uniform',
  'zeros',
];

/** What the caller says of an input; the rest follows from shape, type and graph. */
export interface InputDescription {
  readonly kind?: InputKind;
  /** The smallest and the largest value: of pixels 0 and 255, of full swing, of token ids. */
  readonly range?: readonly [number, number];
}

/** What is known or taken of an input. */
export interface InputGuess {
  readonly kind: InputKind;
  readonly range?: readonly [number, number];
  /** For images whose graph shows what it takes pixels for. */
  readonly scaling?: PixelScaling;
}

/** Band counts that spectrograms have; other last sizes of three are taken for one-hot codes. */
const BANDS: ReadonlySet<number> = new Set([13, 20, 26, 32, 39, 40, 48, 60, 64, 80, 96, 120, 128]);

/** Shorter rows of numbers are features, not sound. */
const SHORTEST_SOUND = 256;

/** Longer frames are recordings, within [−1, 1]; shorter ones are standardized frame by frame. */
const LONGEST_FRAME = 4096;

/** The kind of an input, and its range where that follows from the graph. */
export function guessInput(graph: Graph, spec: InputSpec): InputGuess {
  const {dtype} = spec;
  if (dtype === 'bool' || dtype === 'string') return {kind: 'zeros'};
  const readers = readersOf(graph, spec.name);
  if (dtype === 'int32' && imageLayout(spec) === undefined) {
    const rows = readers.map(([node, ref]) => tableRows(graph, node, ref));
    const known = rows.filter(count => count !== undefined);
    return known.length > 0
      ? {kind: 'tokens', range: [0, Math.min(...known) - 1]}
      : {kind: 'zeros'};
  }
  const shape = spec.shape ?? [];
  if (isSpectrogram(shape)) return {kind: 'spectrogram'};
  if (imageLayout(spec) !== undefined)
    return {kind: 'image', scaling: pixelScaling(graph, readers)};
  if (isSound(shape, readers)) {
    return (shape[1] ?? 0) > LONGEST_FRAME
      ? {kind: 'waveform', range: [-1, 1]}
      : {kind: 'waveform'};
  }
  if (shape.length === 3 && shape[2] > 4) return {kind: 'one-hot'};
  return {kind: 'uniform', range: [-1, 1]};
}

function isSpectrogram(shape: readonly number[]): boolean {
  const [, time, bands, channels] = shape;
  if (shape.length === 3) return BANDS.has(bands);
  return (
    shape.length === 4 &&
    channels === 1 &&
    time > 0 &&
    time !== bands &&
    bands >= 16 &&
    bands <= 256
  );
}

/** A long time axis that something else than a matrix product reads. */
function isSound(shape: readonly number[], readers: readonly Reading[]): boolean {
  const isRow = shape.length === 2 || (shape.length === 3 && shape[2] === 1);
  return isRow && shape[1] >= SHORTEST_SOUND && !readers.some(([{op}]) => /MatMul/.test(op));
}

/** A node, and the reference by which it reads the input. */
type Reading = readonly [Node, string];

/** Ops that hand values on, in other places or types. */
const MOVES =
  /^(Identity|Cast|Reshape|ExpandDims|Squeeze|Transpose|Pad|PadV2|ResizeBilinear|ResizeNearestNeighbor|StopGradient)$/;

/** What computes with an input, behind ops that only move its values. */
function readersOf(graph: Graph, name: string): Reading[] {
  return graph.users(name).flatMap((user): Reading[] => {
    const ref = user.inputs.find(input => parseRef(input).node === name) ?? name;
    return MOVES.test(user.op) ? readersOf(graph, user.name) : [[user, ref]];
  });
}

/** How many rows the table has that a node chooses from by this index. */
function tableRows(graph: Graph, node: Node, index: string): number | undefined {
  if (!/^(GatherV2|Gather|ResourceGather)$/.test(node.op) || node.inputs[1] !== index) {
    return undefined;
  }
  return graph.floatInput(node, 0)?.shape[0];
}

/** Constants of this size or more are meant for pixels of 0–255. */
const RAW = 50;

/** Pixels are raw where the graph subtracts or divides by large numbers first, of [0, 1] where by small ones. */
function pixelScaling(graph: Graph, readers: readonly Reading[]): PixelScaling | undefined {
  if (readers.length !== 1) return undefined;
  const [node] = readers[0];
  const constant = graph.floatInput(node, 1) ?? graph.floatInput(node, 0);
  if (constant === undefined || constant.values.length > 3) return undefined;
  const size = Math.max(...constant.values.map(Math.abs));
  const raw: PixelScaling = {mean: 0, std: 1};
  const unit: PixelScaling = {mean: 0, std: 255};
  switch (node.op) {
    case 'Sub':
    case 'Add':
    case 'AddV2':
      return size >= RAW ? raw : size > 0.2 && size < 1 ? unit : undefined;
    case 'Div':
    case 'RealDiv':
      return size >= RAW ? raw : size < 1 ? unit : undefined;
    case 'Mul':
      return size <= 1 / RAW ? raw : size > 1 && size < RAW ? unit : undefined;
    default:
      return undefined;
  }
}
