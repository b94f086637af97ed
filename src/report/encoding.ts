import type {QuantizedFilter} from '../passes/plan.js';
import type {QuantParams} from '../quant/quant_params.js';
import {rangeOf} from '../quant/range.js';
import {significant} from './figures.js';

/** The grid that a tensor lies on: real = scale · (q − zeroPoint), q an integer of `bits` bits. */
export interface Encoding {
  /** Reference of the float tensor. */
  readonly tensor: string;
  readonly bits: number;
  readonly scale: number;
  readonly zeroPoint: number;
}

/** The grids of a filter. */
export interface FilterEncoding {
  readonly bits: number;
  readonly granularity: 'per-tensor' | 'per-axis';
  readonly symmetric: boolean;
  /** Smallest and largest scale; the same per tensor. */
  readonly scale: readonly [number, number];
}

export function encodingOf(
  tensor: string,
  params: QuantParams | undefined,
  bits: number,
): Encoding | undefined {
  if (params === undefined) return undefined;
  return {tensor, bits, scale: significant(params.scale), zeroPoint: params.zeroPoint};
}

export function filterEncoding({scale, zeroPoint}: QuantizedFilter, bits: number): FilterEncoding {
  const {min, max} = rangeOf(scale);
  return {
    bits,
    granularity: scale.length > 1 ? 'per-axis' : 'per-tensor',
    symmetric: zeroPoint.every(z => z === 0),
    scale: [significant(min), significant(max)],
  };
}
