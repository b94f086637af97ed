import type {QuantizeOptions as LibraryOptions} from '../node/index.js';
import type {Progress} from './terminal.js';

/** Options of `dfq quantize` and `dfq inspect` that describe the quantization. */
export interface QuantizationOptions {
  bits?: number;
  weightBits?: number;
  activationBits?: number;
  perChannel?: boolean;
  symmetric?: boolean;
  symmetricWeights?: boolean;
  symmetricActivations?: boolean;
  scales?: LibraryOptions['scales'];
  skip?: string[];
  keepFloat?: string[];
  maxDrop?: number;
  equalize?: LibraryOptions['equalize'];
  weightRange?: LibraryOptions['weightRange'];
  rounding?: LibraryOptions['rounding'];
  biasCorrection?: LibraryOptions['biasCorrection'];
  without?: string[];
  mean?: readonly number[];
  std?: readonly number[];
  statistics?: LibraryOptions['statistics'];
  activationRange?: LibraryOptions['activationRange'];
  percentile?: number;
}

/** @throws Error on --mean without --std; names and bits are for the library to check */
export function toLibraryOptions(options: QuantizationOptions, progress: Progress): LibraryOptions {
  const {bits, weightBits, activationBits, perChannel, scales, skip, without = []} = options;
  const {symmetric, symmetricWeights, symmetricActivations} = options;
  const {equalize, weightRange, rounding} = options;
  const {statistics, activationRange, percentile} = options;
  return {
    ...defined({bits, weightBits, activationBits, perChannel, scales, skip}),
    ...defined({symmetric, symmetricWeights, symmetricActivations}),
    ...defined({
      input: inputOf(options),
      keepFloat: keepFloatOf(options),
      maxDrop: options.maxDrop,
      biasCorrection: options.biasCorrection,
    }),
    ...defined({equalize, weightRange, rounding}),
    ...defined({statistics, activationRange, percentile}),
    passes: Object.fromEntries(without.map(name => [name, false])),
    onProgress: ({step, done, total}) => progress.update(step, done, total),
  };
}

/** 'auto' alone asks for a search; anything else is names. */
function keepFloatOf({keepFloat}: QuantizationOptions): LibraryOptions['keepFloat'] {
  return keepFloat?.length === 1 && keepFloat[0] === 'auto' ? 'auto' : keepFloat;
}

function inputOf({mean, std}: QuantizationOptions): LibraryOptions['input'] {
  if (mean && std) return {mean: scalarOrList(mean), std: scalarOrList(std)};
  if (mean || std)
    throw new Error(`--${mean ? 'mean' : 'std'} needs --${mean ? 'std' : 'mean'} too`);
  return undefined;
}

function scalarOrList(values: readonly number[]): number | readonly number[] {
  return values.length === 1 ? values[0] : values;
}

/** Without the keys that hold undefined, which would hide the library's defaults. */
function defined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}
