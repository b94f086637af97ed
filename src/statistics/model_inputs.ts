import {type NamedTensorMap, tensor} from '@tensorflow/tfjs-core';
import {DfqError} from '../graph/dfq_error.js';
import type {Graph} from '../graph/graph.js';
import {guessInput, type InputDescription, type InputGuess} from './input_kinds.js';
import {
  DEFAULT_SCALING,
  imageLayout,
  type InputSpec,
  inputSpecs,
  type PixelScaling,
} from './input_specs.js';
import type {InputValues, KeptValues} from './kept_values.js';
import {normalizedPixels, planar} from './pixels.js';
import {probeDrawing} from './probe_drawings.js';
import {probeImage} from './probe_images.js';
import {probeSound} from './probe_sounds.js';
import {probeSpectrogram} from './probe_spectrograms.js';
import {randomSource} from './random.js';

export {
  DEFAULT_SCALING,
  imageChannels,
  imageLayout,
  type InputSpec,
  inputSpecs,
  type PixelScaling,
} from './input_specs.js';

/** Height or width where the model leaves it open. */
const OPEN_SIZE = 224;

/** Length of the axis of time where the model leaves it open: a second, a second, a sentence. */
const OPEN_TIME: Readonly<Partial<Record<InputGuess['kind'], number>>> = {
  waveform: 16_000,
  spectrogram: 96,
  tokens: 16,
  'one-hot': 16,
};

/** Makes the tensors of one run anew; whoever calls it disposes them. */
export type InputSource = () => NamedTensorMap;

/** The share of the inputs that is the same for every probe: what the caller gave. */
export interface ProbeOptions {
  readonly scaling?: PixelScaling;
  /** What inputs hold, by name, where the caller says so. */
  readonly inputs?: Readonly<Record<string, InputDescription>>;
  /** Values to feed in place of generated ones, by input name. */
  readonly examples?: NamedTensorMap;
  /** Keeps what was made up, for passes that feed the same inputs again. */
  readonly kept?: KeptValues;
}

/**
 * Inputs number `index` of the probe, made up by the kind that each input has or seems to have (see
 * {@link guessInput}).
 *
 * The caller disposes the tensors that are not the caller's own examples.
 *
 * @throws DfqError for an input of unknown rank without an example
 */
export function probeInputs(graph: Graph, index: number, options: ProbeOptions): NamedTensorMap {
  const {examples = {}, kept} = options;
  const specs = inputSpecs(graph);
  for (const {name, shape} of specs) {
    if (shape !== undefined || name in examples) continue;
    throw new DfqError(
      `input '${name}' has no declared shape; give an example of it (option examples)`,
    );
  }
  const made = specs.map(spec => [
    spec.name,
    examples[spec.name]?.clone() ??
      inputTensor(spec, index, describedInput(graph, spec, options), kept),
  ]);
  return Object.fromEntries(made) as NamedTensorMap;
}

/** Inputs number `first` and on of the probe. */
export function probeSources(
  graph: Graph,
  count: number,
  options: ProbeOptions,
  first = 0,
): InputSource[] {
  return Array.from({length: count}, (_, i) => () => probeInputs(graph, first + i, options));
}

/** What the input is taken for: as the caller says, else as the graph lets guess. */
export function describedInput(
  graph: Graph,
  spec: InputSpec,
  {scaling, inputs = {}}: ProbeOptions,
): InputGuess {
  const own = inputs[spec.name];
  const guess = guessInput(graph, spec);
  const sameKind = own?.kind === undefined || own.kind === guess.kind;
  return {
    kind: own?.kind ?? guess.kind,
    range: own?.range ?? (sameKind ? guess.range : undefined),
    scaling: own?.range ? scalingOf(own.range) : (scaling ?? guess.scaling),
  };
}

/** Pixels of 0–255 onto a range. */
function scalingOf([low, high]: readonly [number, number]): PixelScaling {
  const std = 255 / (high - low);
  return {mean: -low * std, std};
}

/** One sample without its batch axis. */
type Sample = (number: number) => Float32Array;

function inputTensor(spec: InputSpec, index: number, guess: InputGuess, kept?: KeptValues) {
  const make = () => generate(spec, index, guess);
  const {values, shape} = kept?.get(JSON.stringify([spec, index, guess]), make) ?? make();
  return tensor(values, shape, spec.dtype);
}

function generate(spec: InputSpec, index: number, guess: InputGuess): InputValues {
  const declared = spec.shape ?? [];
  if (guess.kind === 'image' && imageLayout(spec) !== undefined) {
    return imageValues(spec, declared, index, guess.scaling ?? DEFAULT_SCALING);
  }
  const time = OPEN_TIME[guess.kind] ?? 1;
  const isBatched = declared.length > 1;
  const shape = declared.map((size, axis) =>
    size >= 0 ? size : axis === (isBatched ? 1 : 0) ? time : 1,
  );
  const batch = isBatched ? shape[0] : 1;
  const sample = sampleOf(guess, isBatched ? shape.slice(1) : shape);
  const all = new Float32Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < batch; i++) all.set(sample(index * batch + i), (i * all.length) / batch);
  return {values: all, shape};
}

/** What samples of the shape are made by. */
function sampleOf({kind, range}: InputGuess, shape: readonly number[]): Sample {
  const length = shape.reduce((a, b) => a * b, 1);
  switch (kind) {
    case 'waveform':
      return seed => ontoRange(probeSound(seed, length), range);
    case 'spectrogram':
      return seed => ontoRange(probeSpectrogram(seed, shape[0], length / shape[0]), range);
    case 'tokens':
      return seed => tokens(seed, length, range ?? [0, 1]);
    case 'one-hot':
      return seed => oneHot(seed, length, shape[shape.length - 1] ?? 1);
    case 'zeros':
      return () => new Float32Array(length);
    case 'image':
    case 'uniform':
      return seed => uniform(seed, length, range ?? [-1, 1]);
  }
}

/** How many deviations of a standardized signal fill a range. */
const SWING = 4;

function ontoRange(values: Float32Array, range?: readonly [number, number]): Float32Array {
  if (range === undefined) return values;
  const [low, high] = range;
  const at = (x: number) => low + ((high - low) * (x / SWING + 1)) / 2;
  return values.map(x => Math.min(Math.max(at(x), low), high));
}

function uniform(seed: number, length: number, [low, high]: readonly [number, number]) {
  const random = randomSource(seed + 1);
  return Float32Array.from({length}, () => low + (high - low) * random());
}

/** Half of them frequent (small, as vocabularies are ordered), half any. */
function tokens(seed: number, length: number, [low, high]: readonly [number, number]) {
  const random = randomSource(seed + 1);
  return Float32Array.from({length}, () => {
    const share = random() < 0.5 ? random() : random() * random() * random();
    return low + Math.floor(share * (high - low + 1));
  });
}

function oneHot(seed: number, length: number, classes: number): Float32Array {
  const chosen = tokens(seed, length / classes, [0, classes - 1]);
  const values = new Float32Array(length);
  chosen.forEach((one, row) => (values[row * classes + one] = 1));
  return values;
}

function imageValues(
  spec: InputSpec,
  shape: readonly number[],
  index: number,
  scaling: PixelScaling,
): InputValues {
  const {dtype} = spec;
  const layout = imageLayout(spec);
  const open = (size: number) => (size < 0 ? OPEN_SIZE : size);
  const [height, width, channels] =
    layout === 'NHWC'
      ? [open(shape[1]), open(shape[2]), shape[3]]
      : [open(shape[2]), open(shape[3]), shape[1]];
  const batch = Math.max(shape[0], 1);
  const size = height * width * channels;
  const all = new Float32Array(batch * size);
  for (let i = 0; i < batch; i++) {
    const pixels = picture(index * batch + i, height, width, channels);
    const values = dtype === 'float32' ? normalizedPixels(pixels, channels, scaling) : pixels;
    all.set(layout === 'NHWC' ? values : planar(values, channels), i * size);
  }
  const sizes = layout === 'NHWC' ? [height, width, channels] : [channels, height, width];
  return {values: all, shape: [batch, ...sizes]};
}

/**
 * Photographs; for models of one channel every other time a drawing: many of them read sketches, glyphs or
 * masks, whose blank ground saturates what photographs leave in range.
 */
function picture(seed: number, height: number, width: number, channels: number): Float32Array {
  return channels === 1 && seed % 2 === 1
    ? probeDrawing((seed - 1) / 2, height, width, channels)
    : probeImage(seed, height, width, channels);
}
