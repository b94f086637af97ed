import {roundHalfUp} from './rounding.js';

/**
 * Real factors as integers: factor[c] = mantissa[c] · 2^−shift, with one shift for all channels.
 *
 * The largest mantissa has 31 bits besides its sign; smaller factors keep fewer, which costs at most 2^−31 of the
 * largest factor each.
 */
export interface Multiplier {
  readonly mantissa: Int32Array;
  /** 1 … 62. */
  readonly shift: number;
}

const MANTISSA_BITS = 31;
const MAX_SHIFT = 62;

/** Factors of requantization lie below it. */
export const FACTOR_BOUND = 2 ** 30;

/**
 * Fixed-point form of real factors.
 *
 * @param factors one per channel, each in (−2^30, 2^30)
 * @throws RangeError if a factor is outside, or not a number
 */
export function multiplierOf(factors: ArrayLike<number>): Multiplier {
  let largest = 0;
  for (let c = 0; c < factors.length; c++) {
    const magnitude = Math.abs(factors[c]);
    if (!(magnitude < FACTOR_BOUND)) {
      throw new RangeError(`factor ${factors[c]} of channel ${c} is not in (−2^30, 2^30)`);
    }
    largest = Math.max(largest, magnitude);
  }
  const shift = Math.min(MAX_SHIFT, MANTISSA_BITS - exponentOf(largest));
  const mantissa = Int32Array.from(factors, factor =>
    Math.min(roundHalfUp(factor * 2 ** shift), 2 ** MANTISSA_BITS - 1),
  );
  return {mantissa, shift};
}

/** e with x in [2^(e−1), 2^e); by comparison, because Math.log2 may round. */
function exponentOf(x: number): number {
  if (x === 0) return -MANTISSA_BITS;
  let exponent = 0;
  while (x >= 1) {
    x /= 2;
    exponent++;
  }
  while (x < 0.5) {
    x *= 2;
    exponent--;
  }
  return exponent;
}

/**
 * Requantization, exact integer arithmetic:
 *
 *   ⌊(acc · mantissa + 2^(shift−1)) / 2^shift⌋                    (3)
 *
 * The 62-bit product does not fit a double, so it is formed from two exact halves: with
 * mantissa = high · 2^15 + low, both partial products stay below 2^48, and the bits that the first
 * floor drops lie below the rounding constant whenever shift > 15.
 *
 * @param acc int32
 * @param mantissa −2^31 … 2^31 − 1
 * @param shift 1 … 62
 * @returns an integer, exact, not clamped
 */
export function requantize(acc: number, mantissa: number, shift: number): number {
  if (shift <= 15) return requantizeLarge(acc, mantissa, shift);
  const high = mantissa >> 15;
  const low = mantissa & 0x7fff;
  const product = acc * high + Math.floor((acc * low) / 0x8000); // ⌊acc · mantissa / 2^15⌋
  return Math.floor((product + 2 ** (shift - 16)) / 2 ** (shift - 15));
}

/** (3) for factors of 2^15 and more, which only degenerate scales produce. */
function requantizeLarge(acc: number, mantissa: number, shift: number): number {
  const numerator = BigInt(acc) * BigInt(mantissa) + (1n << BigInt(shift - 1));
  return Number(numerator >> BigInt(shift));
}

/**
 * The factors of a sum of two operands (5): small enough that the sum stays in int32 whatever the
 * operands, so that no wider product is needed.
 *
 *   255 · (|a| + |b|) + 2^(shift−1) < 2^31
 *
 * @param aFactor aScale / outScale
 * @param bFactor bScale / outScale, negative for a subtrahend
 * @throws RangeError if the factors are too large for a result on an int8 grid to make sense
 */
export function addMultipliers(aFactor: number, bFactor: number) {
  const total = Math.abs(aFactor) + Math.abs(bFactor);
  if (!(total < 2 ** (ADD_BITS - 1))) {
    throw new RangeError(`factors ${aFactor} and ${bFactor} are too large`);
  }
  const shift = Math.min(ADD_BITS - exponentOf(total), MANTISSA_BITS - 1);
  return {
    aMantissa: roundHalfUp(aFactor * 2 ** shift),
    bMantissa: roundHalfUp(bFactor * 2 ** shift),
    shift,
  };
}

/** |a| + |b| ≤ 2^21 + 1: with 8-bit differences 2^29, and the rounding constant is at most 2^29. */
const ADD_BITS = 21;
