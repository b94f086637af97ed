import type {GraphModel} from '@tensorflow/tfjs-converter';
import {quantize, type QuantizeOptions, simulate} from '../../node/index.js';
import {type Backend, useBackend} from '../backends.js';

/** The most that int8 holds. */
const INT8_BITS = 8;

/** What is quantized, and to how many bits; without a number it stays float. */
export interface Widths {
  readonly weights?: number;
  readonly activations?: number;
}

export interface Candidate {
  readonly model: GraphModel;
  /** What runs it. */
  readonly backend: Backend;
}

/** The int8 model where int8 can hold it, else a simulation of what it would be. */
export async function makeCandidate(
  float: GraphModel,
  {weights, activations}: Widths,
  options: QuantizeOptions,
): Promise<Candidate> {
  const {bits: _, weightBits: __, activationBits: ___, ...shared} = options;
  await useBackend('wasm');
  if (fitsInt8(weights) && fitsInt8(activations)) {
    const widths = {weightBits: weights, activationBits: activations};
    return {model: await quantize(float, {...shared, ...widths}), backend: 'int8'};
  }
  const part = (bits?: number) => (bits === undefined ? (false as const) : {bits});
  const simulation = {weights: part(weights), activations: part(activations)};
  return {model: await simulate(float, {...shared, ...simulation}), backend: 'wasm'};
}

function fitsInt8(bits?: number): boolean {
  return bits !== undefined && bits <= INT8_BITS;
}

/** 'W4A8' */
export function nameOf({weights, activations}: Widths): string {
  return `W${weights ?? 'float'}A${activations ?? 'float'}`;
}
