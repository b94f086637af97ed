import {passNames, type PassName, type QuantizeOptions as LibraryOptions} from '../node/index.js';
import type {Progress} from './terminal.js';

/** Options of `dfq quantize` and `dfq inspect` that describe the quantization. */
export interface QuantizationOptions {
  bits?: number;
  weightBits?: number;
  activationBits?: number;
  perChannel?: boolean;
  symmetric?: boolean;
  skip?: string[];
  without?: string[];
  mean?: number[];
  std?: number[];
}

/** @throws Error on an unknown pass, or --mean without --std */
export function toLibraryOptions(options: QuantizationOptions, progress: Progress): LibraryOptions {
  const {bits, weightBits, activationBits, perChannel, symmetric, skip, without = []} = options;
  const passes = Object.fromEntries(toPassNames(without).map(name => [name, false]));
  return {
    ...defined({bits, weightBits, activationBits, perChannel, symmetric, skip}),
    ...defined({input: inputOf(options)}),
    passes,
    onProgress: ({step, done, total}) => progress.update(step, done, total),
  };
}

/** @throws Error that lists the passes when one of `names` is not among them */
export function toPassNames(names: readonly string[]): PassName[] {
  const known = (name: string): name is PassName => passNames.some(pass => pass === name);
  const unknown = names.find(name => !known(name));
  if (unknown !== undefined)
    throw new Error(`there is no pass '${unknown}'; the passes are ${passNames.join(', ')}`);
  return names.filter(known);
}

function inputOf({mean, std}: QuantizationOptions): LibraryOptions['input'] {
  if (mean && std) return {mean: scalarOrList(mean), std: scalarOrList(std)};
  if (mean || std)
    throw new Error(`--${mean ? 'mean' : 'std'} needs --${mean ? 'std' : 'mean'} too`);
  return undefined;
}

function scalarOrList(values: number[]): number | number[] {
  return values.length === 1 ? values[0] : values;
}

/** Without the keys that hold undefined, which would hide the library's defaults. */
function defined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}
