import {log} from '../quant/elementary.js';

/** Signal power over noise power in dB, to a tenth; undefined where either is 0. */
export function decibels(signal: number, noise: number): number | undefined {
  return tenth((10 * log(signal / noise)) / log(10));
}

/** A figure to one decimal; undefined where it is not finite. */
export function tenth(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) ? Number(value.toFixed(1)) : undefined;
}

/** Four significant digits: what a reader can use, and a file should hold. */
export function significant(value: number): number {
  return Number(value.toPrecision(4));
}
