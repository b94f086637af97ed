import {decibels} from '../../../src/quant/decibels.js';
import type {Output} from './runs.js';

/** Elements that an output is shown by. */
const SHOWN = 5;

/** One element of an output in both models. */
export interface ElementPair {
  readonly index: number;
  readonly float?: number;
  readonly int8: number;
}

/** One output of both models. */
export interface OutputPair {
  readonly name: string;
  readonly shape: readonly number[];
  /** The largest elements, of the float model where there is one. */
  readonly largest: readonly ElementPair[];
  /** Index of the largest element of each model's. */
  readonly argMax: {readonly float?: number; readonly int8: number};
  /** dB, the float output against its difference to the INT8 one; absent without, or if they are equal. */
  readonly sqnr?: number;
  /** Largest absolute difference, and of the float output's values the largest magnitude. */
  readonly difference?: {readonly largest: number; readonly magnitude: number};
}

/** Outputs in the order of the model's, one model beside the other. */
export function compared(
  int8: readonly Output[],
  float: readonly Output[] | undefined,
): OutputPair[] {
  return int8.map((own, i) => pairOf(own, float?.[i]));
}

function pairOf(int8: Output, float: Output | undefined): OutputPair {
  const order = largestOf((float ?? int8).values);
  const [best] = largestOf(int8.values);
  return {
    name: int8.name,
    shape: int8.shape,
    largest: order.map(index => ({
      index,
      float: float?.values[index],
      int8: int8.values[index],
    })),
    argMax: {float: float && order[0], int8: best},
    ...(float && differenceOf(float.values, int8.values)),
  };
}

/** Indices of the largest elements, in order. */
function largestOf(values: Float32Array): number[] {
  const found: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (found.length === SHOWN && !(values[i] > values[found[SHOWN - 1]])) continue;
    let at = found.length;
    while (at > 0 && values[i] > values[found[at - 1]]) at--;
    found.splice(at, 0, i);
    found.length = Math.min(found.length, SHOWN);
  }
  return found;
}

/** Outputs of different lengths, such as lists of boxes, have no difference. */
function differenceOf(float: Float32Array, int8: Float32Array) {
  if (float.length !== int8.length) return {};
  let [signal, noise, largest, magnitude] = [0, 0, 0, 0];
  for (let i = 0; i < float.length; i++) {
    const error = Math.abs(float[i] - int8[i]);
    signal += float[i] * float[i];
    noise += error * error;
    largest = Math.max(largest, error);
    magnitude = Math.max(magnitude, Math.abs(float[i]));
  }
  const sqnr = noise > 0 ? decibels(signal, noise) : undefined;
  return {sqnr, difference: {largest, magnitude}};
}
