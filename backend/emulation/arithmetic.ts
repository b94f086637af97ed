import {
  add,
  cast,
  clipByValue,
  floor,
  gather,
  reshape,
  sub,
  type Tensor,
  type Rank,
} from '@tensorflow/tfjs-core';
import type {OutputAttrs} from '../../src/ops.js';

/** The operands of an op by name. */
export type Operands = Readonly<Record<string, Tensor>>;

/** x − zeroPoint in float32, where whole numbers below 2^24 are exact. */
export function steps(x: Tensor, zeroPoint: number | Tensor): Tensor {
  return sub(cast(x, 'float32'), zeroPoint);
}

/** ⌊x + ½⌋, as all requantization rounds. */
export function rounded(x: Tensor): Tensor {
  return floor(add(x, 0.5));
}

/** From real steps of the output's grid to its integers: round, clamp, add the zero point. float32. */
export function toGrid(x: Tensor, {outZeroPoint, lo, hi}: OutputAttrs): Tensor {
  return add(clipByValue(rounded(x), lo - outZeroPoint, hi - outZeroPoint), outZeroPoint);
}

/** The int32 tensor that int8 tensors are to tfjs. */
export function toInt8(q: Tensor): Tensor {
  return cast(q, 'int32');
}

/** table[q + offset] in float32. */
export function lookUp(table: Tensor, q: Tensor, offset: number): Tensor {
  const values = reshape<Rank.R1>(cast(table, 'float32'), [256]);
  return gather(values, cast(add(cast(q, 'float32'), offset), 'int32'));
}
