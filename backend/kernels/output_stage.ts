import {multiplierOf} from '../../src/quant/multiplier.js';
import type {AccumulatorAttrs, InputAttrs, OutputAttrs} from '../../src/ops.js';
import type {FloatStage, OutputStage, ScalarStage} from '../microkernels.js';
import {fail} from './int8_kernel.js';

type Numbers = ArrayLike<number>;

/**
 * The stage after an accumulator, for all channels: (3) with its activation, or the float32 scale.
 *
 * @param filterScale [1] or [channels]
 * @param activation the values of the operand of that name
 */
export function outputStageOf(
  op: string,
  attrs: AccumulatorAttrs,
  channels: number,
  filterScale: Numbers,
  activation: Numbers,
): OutputStage | FloatStage {
  const scales = perChannel(op, 'filterScale', filterScale, channels);
  if (attrs.activation === 'dequantize') {
    return {scale: Float32Array.from(scales, scale => attrs.xScale * scale)};
  }
  const factors = scales.map(scale => (attrs.xScale * scale) / attrs.outScale);
  const hi = new Int8Array(channels).fill(attrs.hi);
  const plain = {zeroPoint: attrs.outZeroPoint, lo: attrs.lo, hi};
  switch (attrs.activation) {
    case 'none':
      return {...plain, ...oneSided(factors)};
    case 'cap': {
      const caps = perChannel(op, 'activation', activation, channels);
      const capped = hi.map((end, c) => Math.max(Math.min(end, caps[c]), -128));
      return {...plain, hi: capped, ...oneSided(factors)};
    }
    case 'prelu': {
      const slopes = perChannel(op, 'activation', activation, channels);
      return {...plain, ...twoSided(factors, slopes)};
    }
    case 'table':
      return {...plain, ...oneSided(factors), table: tableOf(op, 'activation', activation)};
  }
}

/** The stage of Int8PRelu. */
export function preluStageOf(
  op: string,
  attrs: InputAttrs & OutputAttrs,
  channels: number,
  slope: Numbers,
): OutputStage {
  const factors = new Array<number>(channels).fill(attrs.xScale / attrs.outScale);
  return {
    ...twoSided(factors, perChannel(op, 'slope', slope, channels)),
    zeroPoint: attrs.outZeroPoint,
    lo: attrs.lo,
    hi: new Int8Array(channels).fill(attrs.hi),
  };
}

/** (3) for one factor. */
export function scalarStageOf(factor: number, {outZeroPoint, lo, hi}: OutputAttrs): ScalarStage {
  const {mantissa, shift} = multiplierOf([factor]);
  return {mantissa: mantissa[0], shift, zeroPoint: outZeroPoint, lo, hi};
}

/** @throws Error unless there are 256 integers of int8 */
export function tableOf(op: string, name: string, values: Numbers): Int8Array {
  const table = Int8Array.from(values);
  if (table.length !== 256 || table.some((q, i) => q !== values[i])) {
    fail(op, `${name} must be a table of 256 integers of [-128, 127]`);
  }
  return table;
}

/** @returns `channels` values, a single one repeated */
export function perChannel(op: string, name: string, values: Numbers, channels: number): number[] {
  if (values.length !== 1 && values.length !== channels) {
    fail(op, `${name} has ${values.length} elements, but must have 1 or ${channels}`);
  }
  const single = values.length === 1;
  return Array.from({length: channels}, (_, c) => values[single ? 0 : c]);
}

function oneSided(factors: number[]) {
  const {mantissa, shift} = multiplierOf(factors);
  return {mantissa, negativeMantissa: mantissa, shift};
}

/** One shift for both sides, so the larger factor sets it. */
function twoSided(factors: number[], slopes: number[]) {
  const channels = factors.length;
  const {mantissa, shift} = multiplierOf([
    ...factors,
    ...factors.map((factor, c) => factor * slopes[c]),
  ]);
  return {
    mantissa: mantissa.slice(0, channels),
    negativeMantissa: mantissa.slice(channels),
    shift,
  };
}
