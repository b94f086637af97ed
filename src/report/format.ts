/** Figures as readers of reports see them. */
import type {PassOptions} from '../passes/pass.js';
import type {Quantiles} from './channel_ranges.js';

/** 12.3 dB, or a dash. */
export function dB(value: number | undefined): string {
  return value === undefined ? '–' : `${value.toFixed(1)} dB`;
}

/** 1,234,567 → 1.23 M */
export function count(value: number): string {
  if (value < 1e3) return String(Math.round(value));
  if (value < 1e6) return `${(value / 1e3).toPrecision(3)} k`;
  return value < 1e9 ? `${(value / 1e6).toPrecision(3)} M` : `${(value / 1e9).toPrecision(3)} G`;
}

/** 1,234,567 bytes → 1.23 MB */
export function bytes(value: number): string {
  if (value < 1e3) return `${value} B`;
  return value < 1e6 ? `${(value / 1e3).toFixed(1)} kB` : `${(value / 1e6).toFixed(2)} MB`;
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

export function ratio(part: number, whole: number): string {
  return whole > 0 ? (part / whole).toFixed(2) : '–';
}

/** The median as a share of the widest. */
export function medianShare([, , median, , widest]: Quantiles): string {
  return percent(median / widest);
}

/** What was asked for, in a few words. */
export function scheme({
  weightBits,
  activationBits,
  perChannel,
  symmetricWeights,
  symmetricActivations,
  scales,
}: Omit<PassOptions, 'probe'>): string {
  const granularity = perChannel ? 'one for each output channel' : 'one for each filter';
  return [
    `weights of ${weightBits} bits${symmetricWeights ? ', symmetric' : ''}`,
    `activations of ${activationBits}${symmetricActivations ? ', symmetric' : ''}`,
    `weight scales: ${granularity}${scales === 'power-of-two' ? ', powers of two' : ''}`,
  ].join('; ');
}
