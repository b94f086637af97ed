import {Int8Op, type Int8Attrs} from '../../../src/ops.js';
import type {Expected, Operands, Values} from './op_oracle.js';
import type {Random} from './random.js';

/** One call of an int8 op, and what it must give. */
export interface OpCase {
  readonly op: Int8Op;
  readonly label: string;
  readonly operands: Operands;
  readonly attrs: Int8Attrs[Int8Op];
  readonly expected: Expected;
}

export const f = Math.fround;

export function ints(values: ArrayLike<number>, shape: number[]): Values {
  return {values: Int32Array.from(values), shape};
}

export function floats(values: ArrayLike<number>, shape: number[] = [values.length]): Values {
  return {values: Float32Array.from(values), shape};
}

export function int8s(random: Random, shape: number[]): Values {
  return ints(random.int8(shape.reduce((size, extent) => size * extent, 1)), shape);
}

export const OUTPUT = {outScale: f(0.3), outZeroPoint: -7, lo: -128, hi: 127};
export const INPUT = {xScale: f(0.02), xZeroPoint: 12};

/** Does the op leave the integers? */
export function isFloatResult(op: Int8Op, attrs: object): boolean {
  return op === Int8Op.Dequantize || ('activation' in attrs && attrs.activation === 'dequantize');
}
