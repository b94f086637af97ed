import {requantize} from '../../src/quant/multiplier.js';
import type {OutputStage, ScalarStage} from '../microkernels.js';

/** From an int32 accumulator of channel c to int8: (3), the clamp, then the table if there is one. */
export function finish(acc: number, c: number, stage: OutputStage): number {
  const mantissa = acc < 0 ? stage.negativeMantissa[c] : stage.mantissa[c];
  const q = clamp(requantize(acc, mantissa, stage.shift) + stage.zeroPoint, stage.lo, stage.hi[c]);
  return stage.table ? stage.table[q + 128] : q;
}

/** {@link finish} for a stage without channels. */
export function finishScalar(acc: number, stage: ScalarStage): number {
  return clamp(requantize(acc, stage.mantissa, stage.shift) + stage.zeroPoint, stage.lo, stage.hi);
}

/** Smallest value last: where lo > hi, hi wins. */
export function clamp(q: number, lo: number, hi: number): number {
  return Math.min(Math.max(q, lo), hi);
}
