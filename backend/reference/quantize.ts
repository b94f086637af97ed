import {clamp} from './output_stage.js';

/** The grid of the result, its scale inverted in float32: fround(1 / scale). */
export interface QuantizeStage {
  readonly inverseScale: number;
  readonly zeroPoint: number;
  readonly lo: number;
  readonly hi: number;
}

/**
 * (2) in float32 arithmetic, each step rounded, as one SIMD instruction rounds it:
 *
 *   q = clamp(⌊x · inverseScale + ½⌋, lo − zeroPoint, hi − zeroPoint) + zeroPoint
 *
 * The clamp comes before the zero point, so that ±Infinity saturates. NaN counts as real 0.
 */
export function quantize(x: Float32Array, y: Int8Array, stage: QuantizeStage): void {
  const {inverseScale, zeroPoint, lo, hi} = stage;
  for (let i = 0; i < x.length; i++) {
    const scaled = Math.fround(x[i] * inverseScale);
    const steps = Math.floor(Math.fround(scaled + 0.5));
    y[i] = clamp(Number.isNaN(steps) ? 0 : steps, lo - zeroPoint, hi - zeroPoint) + zeroPoint;
  }
}
