import {requantize} from '../../src/quant/multiplier.js';
import type {FloatStage, OutputStage, ScalarStage} from '../microkernels.js';

/** From an int32 accumulator of channel c to int8: (3), the clamp, then the table if there is one. */
export function finish(acc: number, c: number, stage: OutputStage): number {
  const mantissa = acc < 0 ? stage.negativeMantissa[c] : stage.mantissa[c];
  const q = clamp(requantize(acc, mantissa, stage.shift) + stage.zeroPoint, stage.lo, stage.hi[c]);
  return stage.table ? stage.table[q + 128] : q;
}

/**
 * Writes what the stage makes of an accumulator of channel c to element i of y, which holds int8, or
 * float32 for a {@link FloatStage}.
 */
export function writerTo(
  y: Int8Array,
  stage: OutputStage | FloatStage,
): (i: number, acc: number, c: number) => void {
  if (!('scale' in stage)) return (i, acc, c) => (y[i] = finish(acc, c, stage));
  const floats = new Float32Array(y.buffer, y.byteOffset, y.length / 4);
  return (i, acc, c) => (floats[i] = Math.fround(acc) * stage.scale[c]);
}

/** {@link finish} for a stage without channels. */
export function finishScalar(acc: number, stage: ScalarStage): number {
  return clamp(requantize(acc, stage.mantissa, stage.shift) + stage.zeroPoint, stage.lo, stage.hi);
}

/** Smallest value last: where lo > hi, hi wins. */
export function clamp(q: number, lo: number, hi: number): number {
  return Math.min(Math.max(q, lo), hi);
}
