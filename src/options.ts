import type {NamedTensorMap} from '@tensorflow/tfjs-core';
import {DfqError} from './graph/dfq_error.js';
import type {Graph} from './graph/graph.js';
import {type PassOptions} from './passes/pass.js';
import {PASS_NAMES, type PassName} from './passes/pipeline.js';
import type {CalibrationData} from './statistics/calibration.js';
import {MAX_BITS, MIN_BITS} from './quant/grid.js';
import {INPUT_KINDS, type InputDescription} from './statistics/input_kinds.js';
import {imageChannels, inputSpecs, type PixelScaling} from './statistics/model_inputs.js';
import {KeptValues} from './statistics/kept_values.js';
import {RANGE_RULES} from './statistics/range_rules.js';
import {checkSidecar, type Sidecar} from './statistics/sidecar.js';
import {type Step, stepsOf} from './steps.js';

/** An AbortSignal, or what looks like one. */
export interface CancelSignal {
  readonly aborted: boolean;
  /** Throws the reason. */
  throwIfAborted?(): void;
}

export interface Progress {
  /** Name of the pass that runs; behind them 'keep-float', where that is a search, and 'report'. */
  readonly step: string;
  readonly done: number;
  readonly total: number;
}

export interface QuantizeOptions {
  /** Bits of weights and activations, 2 … 8. Default 8. */
  readonly bits?: number;
  /** Bits of weights, where they differ. */
  readonly weightBits?: number;
  /** Bits of activations, where they differ. */
  readonly activationBits?: number;
  /** One scale for each output channel of a filter, in place of one for the filter. Default false. */
  readonly perChannel?: boolean;
  /** Zero points are 0. Default false. */
  readonly symmetric?: boolean;
  /** Those of weights, where they differ. */
  readonly symmetricWeights?: boolean;
  /** Those of activations, where they differ. */
  readonly symmetricActivations?: boolean;
  /** Any float32 scales, or powers of two, for hardware that scales by shifts. Default 'float'. */
  readonly scales?: PassOptions['scales'];
  /** Names of nodes that stay float. */
  readonly skip?: readonly string[];
  /**
   * Names of nodes that stay float, as `skip`; or 'auto': the few that hurt the outputs most, found by the
   * score on probe inputs.
   */
  readonly keepFloat?: 'auto' | readonly string[];
  /**
   * For keepFloat: 'auto': the relative error of the outputs that is let through, as a root mean square
   * over that of the outputs, on held-out probe inputs. Default 0.1, which is 20 dB.
   */
  readonly maxDrop?: number;
  /** Switches passes off: {'correct-bias': false}. All are on by default. */
  readonly passes?: Readonly<Partial<Record<PassName, boolean>>>;
  /**
   * The range of weights that a grid covers: 'min-max' all of them (the default), 'mse' where clipping and
   * rounding make the least squared error.
   */
  readonly weightRange?: PassOptions['weightRange'];
  /**
   * How weights are rounded: each to the 'nearest' integer; with 'flip', so that errors of a kernel and of a
   * channel cancel (SQuant); with 'feedback', so that they cancel for the correlations that the probe shows
   * (GPTQ). Default 'auto': feedback for 6 bits and fewer, else nearest.
   */
  readonly rounding?: PassOptions['rounding'];
  /**
   * How biases are corrected: 'analytic', from the mean of each layer's operand; 'empirical', by comparing
   * both networks' means on the probe, layer by layer; 'both' keeps the better by the probe score. Default
   * 'auto': empirical where the mean is known from the probe alone, else analytic.
   */
  readonly biasCorrection?: PassOptions['biasCorrection'];
  /**
   * What equalization evens out: the ranges of weights and of activations together (the default), or
   * those of weights alone, as the paper does.
   */
  readonly equalize?: PassOptions['equalize'];
  /** What equalization makes of ReLU6: a cap for each channel (exact, the default), ReLU, or nothing. */
  readonly relu6?: PassOptions['relu6'];
  /**
   * Where statistics come from. Default 'auto': calibration if there is any; else, for each tensor, the
   * first of batch norm, sidecar and probe that tells of it. Any other value uses one source alone, and
   * one generated input for the tensors that a batch norm or a sidecar says nothing of.
   */
  readonly statistics?: PassOptions['statistics'];
  /**
   * Representative inputs: batches as `model.predict` takes them, walked through once. The tensors stay the
   * caller's. Where an iterator makes them, it may dispose each when it is asked for the next.
   */
  readonly calibration?: CalibrationData;
  /** Statistics of batch norms that the converter folded away; JSON as scripts/sidecar.ts writes it. */
  readonly sidecar?: Sidecar;
  /**
   * How the range of an activation follows from the values that the probe (or the caller's data) made:
   * 'min-max' covers all of them, 'percentile' all but the outermost, 'mse' makes the least squared
   * error, 'entropy' loses the least information. Default 'auto'.
   */
  readonly activationRange?: PassOptions['activationRange'];
  /** For activationRange 'percentile': percent of the values that each end leaves inside. Default 99.99. */
  readonly percentile?: number;
  /** How pixels of 0–255 enter the model: (v − mean) / std. Default 127.5, 127.5, which is [−1, 1]. */
  readonly input?: PixelScaling;
  /**
   * What inputs hold, by name, where shape, type and graph don't tell: `{x: {kind: 'waveform', range: [-1, 1]}}`.
   * The report's notes say what is taken of the others.
   */
  readonly inputs?: Readonly<Record<string, InputDescription>>;
  /** Values for inputs that the probe can't make up, by input name. */
  readonly examples?: NamedTensorMap;
  /** Called often; events and timers of the app get their turn each time. */
  readonly onProgress?: (progress: Progress) => void;
  /** Cancels: the promise is rejected with the signal's reason, and nothing is left behind. */
  readonly signal?: CancelSignal;
}

const BIAS_CORRECTIONS: readonly PassOptions['biasCorrection'][] = [
  'auto',
  'analytic',
  'empirical',
  'both',
];

const STATISTICS: readonly PassOptions['statistics'][] = [
  'auto',
  'calibration',
  'batch-norm',
  'sidecar',
  'probe',
];

export interface ResolvedOptions {
  readonly pass: PassOptions;
  /** Of keepFloat: 'auto'; undefined where nothing is to be searched for. */
  readonly maxDrop?: number;
  readonly isOn: (pass: PassName) => boolean;
  /** Tells the caller of the steps, in order; see {@link stepsOf}. */
  readonly steps: <Name extends string>(names: readonly Name[]) => Step<Name>;
}

/**
 * Options with their defaults, checked.
 *
 * @throws DfqError that names the option and what it may be
 */
export function resolveOptions(
  options: QuantizeOptions,
  graph: Graph,
  maxBits = MAX_BITS,
): ResolvedOptions {
  const {passes = {}, symmetric = false, input, examples, inputs} = options;
  checkPassNames(Object.keys(passes));
  const skip = floatNames(options, graph);
  for (const name of Object.keys(examples ?? {})) {
    if (graph.inputs.includes(name)) continue;
    throw new DfqError(
      `examples: the model has no input '${name}'; its inputs are ${graph.inputs.join(', ')}`,
    );
  }
  checkDescriptions(inputs ?? {}, graph);
  const bitsOption = (name: string, value: number | undefined, fallback: number) =>
    checkBits(name, value ?? fallback, maxBits);
  const bits = bitsOption('bits', options.bits, MAX_BITS);
  if (input !== undefined) checkScaling(input, graph);
  return {
    pass: {
      weightBits: bitsOption('weightBits', options.weightBits, bits),
      activationBits: bitsOption('activationBits', options.activationBits, bits),
      perChannel: options.perChannel ?? false,
      symmetricWeights: options.symmetricWeights ?? symmetric,
      symmetricActivations: options.symmetricActivations ?? symmetric,
      scales: oneOf('scales', options.scales, ['float', 'power-of-two']),
      skip,
      weightRange: oneOf('weightRange', options.weightRange, ['min-max', 'mse']),
      rounding: oneOf('rounding', options.rounding, ['auto', 'nearest', 'flip', 'feedback']),
      biasCorrection: oneOf('biasCorrection', options.biasCorrection, BIAS_CORRECTIONS),
      equalize: oneOf('equalize', options.equalize, ['weights-and-activations', 'weights']),
      relu6: oneOf('relu6', options.relu6, ['per-channel-cap', 'relu', 'keep']),
      ...sourceOptions(options),
      activationRange: oneOf('activationRange', options.activationRange, RANGE_RULES),
      percentile: percentileOption(options.percentile),
      probe: {scaling: input, examples, inputs, kept: new KeptValues()},
    },
    maxDrop: maxDropOf(options),
    isOn: pass => passes[pass] ?? true,
    steps: names => stepsOf(names, options.onProgress ?? (() => undefined), options.signal),
  };
}

/** The nodes that the caller wants float. */
function floatNames({skip = [], keepFloat = []}: QuantizeOptions, graph: Graph): string[] {
  const named = keepFloat === 'auto' ? [] : keepFloat;
  for (const [option, names] of Object.entries({skip, keepFloat: named})) {
    const unknown = names.find(name => !graph.has(name));
    if (unknown !== undefined) throw new DfqError(`${option}: the model has no node '${unknown}'`);
  }
  return [...new Set([...skip, ...named])];
}

const DEFAULT_MAX_DROP = 0.1;

function maxDropOf({keepFloat, maxDrop}: QuantizeOptions): number | undefined {
  if (maxDrop === undefined) return keepFloat === 'auto' ? DEFAULT_MAX_DROP : undefined;
  if (keepFloat !== 'auto') throw new DfqError("maxDrop is of use with keepFloat: 'auto' only");
  if (maxDrop > 0 && maxDrop <= 1) return maxDrop;
  throw new DfqError(`maxDrop is ${maxDrop}; it must be above 0 and at most 1`);
}

/** @throws DfqError for a name that is none of `known` */
export function checkPassNames(
  names: readonly string[],
  known: readonly string[] = PASS_NAMES,
): void {
  const unknown = names.find(name => !known.includes(name));
  if (unknown !== undefined) {
    throw new DfqError(`there is no pass '${unknown}'; the passes are ${known.join(', ')}`);
  }
}

/** @throws DfqError unless `bits` is a whole number from 2 to `most` */
export function checkBits(name: string, bits: number, most: number): number {
  if (Number.isInteger(bits) && bits >= MIN_BITS && bits <= most) return bits;
  throw new DfqError(`${name} is ${bits}; it must be a whole number from ${MIN_BITS} to ${most}`);
}

function checkDescriptions(inputs: Readonly<Record<string, InputDescription>>, graph: Graph): void {
  for (const [name, {kind, range}] of Object.entries(inputs)) {
    if (!graph.inputs.includes(name)) {
      throw new DfqError(
        `inputs: the model has no input '${name}'; its inputs are ${graph.inputs.join(', ')}`,
      );
    }
    oneOf(`inputs.${name}.kind`, kind, INPUT_KINDS);
    if (range === undefined || (range.length === 2 && range[0] < range[1])) continue;
    throw new DfqError(`inputs.${name}.range is [${range.join(', ')}]; it must be [low, high]`);
  }
}

function sourceOptions({statistics, calibration, sidecar}: QuantizeOptions) {
  const source = oneOf('statistics', statistics, STATISTICS);
  for (const [name, given] of Object.entries({calibration, sidecar})) {
    if (source === name && given === undefined) {
      throw new DfqError(`statistics is '${name}'; give option ${name} too`);
    }
  }
  return {
    statistics: source,
    calibration,
    sidecar: sidecar === undefined ? undefined : checkSidecar(sidecar),
  };
}

function percentileOption(value = 99.99): number {
  if (value > 50 && value <= 100) return value;
  throw new DfqError(`percentile is ${value}; it must be above 50 and at most 100`);
}

function oneOf<T extends string>(name: string, value: T | undefined, choices: readonly T[]): T {
  if (value === undefined) return choices[0];
  if (choices.includes(value)) return value;
  throw new DfqError(`${name} is '${value}'; it must be one of ${choices.join(', ')}`);
}

function checkScaling({mean, std}: Partial<PixelScaling>, graph: Graph): void {
  const channels = inputSpecs(graph).flatMap(spec => imageChannels(spec) ?? []);
  const check = (
    name: string,
    value: number | readonly number[] | undefined,
    isValid: (x: number) => boolean,
    remedy: string,
  ) => {
    const list = value === undefined ? [] : typeof value === 'number' ? [value] : value;
    const fits = list.length === 1 || channels.length === 0 || channels.includes(list.length);
    if (list.length > 0 && fits && list.every(x => Number.isFinite(x) && isValid(x))) return;
    throw new DfqError(`input.${name} is [${list.join(', ')}]; it must be ${remedy}`);
  };
  check('mean', mean, () => true, 'one number or one a channel');
  check('std', std, x => x !== 0, 'one number or one a channel, not 0');
}
