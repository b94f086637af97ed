import {InvalidArgumentError} from 'commander';

/** Options whose value is one number or one for each of R, G, B. */
const CHANNEL_OPTIONS = ['--mean', '--std'];

const isNumber = (text: string) => text.trim() !== '' && Number.isFinite(Number(text));

/**
 * Join the numbers after --mean and --std with commas: `--mean 1 2 3` → `--mean=1,2,3`. Commander
 * would take everything up to the next option for values, the model included.
 */
export function joinChannels(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const values: string[] = [];
    if (CHANNEL_OPTIONS.includes(args[i]))
      while (i + 1 < args.length && isNumber(args[i + 1])) values.push(args[++i]);
    joined.push(values.length > 0 ? `${args[i - values.length]}=${values.join(',')}` : args[i]);
  }
  return joined;
}

/** One number or three, separated by commas. */
export function parseChannels(text: string): number[] {
  const parts = text.split(',');
  if ((parts.length !== 1 && parts.length !== 3) || !parts.every(isNumber))
    throw new InvalidArgumentError('expected one number or three (R G B)');
  return parts.map(Number);
}

/** As {@link parseChannels}, none of them 0. */
export function parseDivisors(text: string): number[] {
  const values = parseChannels(text);
  if (values.includes(0)) throw new InvalidArgumentError('it divides, so it cannot be 0');
  return values;
}

export function parseNumber(text: string): number {
  if (!isNumber(text)) throw new InvalidArgumentError('expected a number');
  return Number(text);
}

export function parseInteger(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw new InvalidArgumentError('expected an integer');
  return Number(text);
}

export function parseCount(text: string): number {
  const value = parseInteger(text);
  if (value < 1) throw new InvalidArgumentError('expected an integer of at least 1');
  return value;
}

/** '4..16', '8', '4,6,8' and mixtures of these: whole numbers, each once, ascending. */
export function parseIntegers(text: string): number[] {
  const numbers = text.split(',').flatMap(part => {
    const [first, last = first] = part.split('..').map(parseInteger);
    if (last < first || part.split('..').length > 2)
      throw new InvalidArgumentError("expected numbers such as '4..16' or '4,6,8'");
    return Array.from({length: last - first + 1}, (_, i) => first + i);
  });
  return [...new Set(numbers)].sort((a, b) => a - b);
}
