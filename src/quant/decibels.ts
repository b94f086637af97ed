import {exp, log} from './elementary.js';

const LN10 = log(10);

/**
 * Ratio of two powers in dB: 10 · log₁₀(signal / noise), as in (8).
 *
 * @returns Infinity where there is no noise, −Infinity where the noise is not a finite number
 */
export function decibels(signal: number, noise: number): number {
  if (noise === 0) return Infinity;
  if (!Number.isFinite(noise)) return -Infinity;
  return (10 * log(signal / noise)) / LN10;
}

/** noise / signal, of a signal-to-noise ratio in dB. */
export function noiseRatio(sqnr: number): number {
  return exp((-sqnr * LN10) / 10);
}
