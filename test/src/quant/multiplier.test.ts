import {addMultipliers, multiplierOf, requantize} from '../../../src/quant/multiplier.js';
import {roundHalfUp} from '../../../src/quant/rounding.js';
import {Random} from '../../backend/oracle/random.js';

/** (3), as it is written. */
function oracle(acc: number, mantissa: number, shift: number): number {
  const numerator = BigInt(acc) * BigInt(mantissa) + (1n << BigInt(shift - 1));
  return Number(numerator >> BigInt(shift));
}

const INT32 = [-(2 ** 31), 2 ** 31 - 1];
const EXTREMES = [...INT32, -(2 ** 31) + 1, -(2 ** 15), 2 ** 15 - 1, -1, 0, 1, 2 ** 30];

describe('requantize', () => {
  it('equals (3) at the ends of int32, for every shift', () => {
    for (let shift = 1; shift <= 62; shift++) {
      for (const acc of EXTREMES) {
        for (const mantissa of EXTREMES) {
          expect([acc, mantissa, shift, requantize(acc, mantissa, shift)]).toEqual([
            acc,
            mantissa,
            shift,
            oracle(acc, mantissa, shift),
          ]);
        }
      }
    }
  });

  it('equals (3) for random operands of every magnitude', () => {
    const random = new Random(3);
    const int32 = () => random.integer(-(2 ** 31), 2 ** 31 - 1) >> random.integer(0, 31);
    const wrong = Array.from({length: 100_000}, () => [
      int32(),
      int32(),
      random.integer(1, 62),
    ]).filter(([a, m, s]) => requantize(a, m, s) !== oracle(a, m, s));
    expect(wrong).toEqual([]);
  });

  it('rounds halves up on either side of 0', () => {
    const half = 2 ** 30; // ½ at shift 31
    for (const acc of [-3, -1, 1, 3]) expect(requantize(acc, half, 31)).toBe((acc + 1) / 2);
  });

  it('never returns −0', () => {
    expect(Object.is(requantize(-1, 1, 40), 0)).toBe(true);
    expect(Object.is(requantize(0, -5, 20), 0)).toBe(true);
  });
});

describe('multiplierOf', () => {
  it('spends 31 bits on the largest factor', () => {
    const {mantissa, shift} = multiplierOf([0.75, 0.001, -0.6]);
    expect(shift).toBe(31);
    expect([...mantissa]).toEqual([
      0.75 * 2 ** 31,
      Math.round(0.001 * 2 ** 31),
      Math.round(-0.6 * 2 ** 31),
    ]);
  });

  it('errs by at most 2^−31 of the largest factor, over all magnitudes', () => {
    const random = new Random(5);
    for (let trial = 0; trial < 2000; trial++) {
      const exponent = random.integer(-30, 29);
      const factors = Array.from({length: 5}, () => (random.next() * 2 - 1) * 2 ** exponent);
      const {mantissa, shift} = multiplierOf(factors);
      const largest = Math.max(...factors.map(Math.abs));
      factors.forEach((factor, c) => {
        const error = Math.abs(mantissa[c] * 2 ** -shift - factor);
        expect(error).toBeLessThanOrEqual(largest * 2 ** -31 * 1.0001 + 2 ** -63);
      });
    }
  });

  it('keeps mantissa and shift in their bounds', () => {
    const cases: [number, number, number][] = [
      [0, 0, 62],
      [2 ** -80, 0, 62],
      [1, 2 ** 30, 30],
      [1 - 2 ** -40, 2 ** 31 - 1, 31], // rounds up to 2^31, which int32 does not hold
      [-(1 - 2 ** -40), -(2 ** 31), 31],
      [2 ** 30 - 1, 2 ** 31 - 2, 1],
      [-(2 ** 30 - 1), -(2 ** 31) + 2, 1],
    ];
    for (const [factor, mantissa, shift] of cases) {
      const got = multiplierOf([factor]);
      expect([factor, got.mantissa[0], got.shift]).toEqual([factor, mantissa, shift]);
    }
  });

  it('refuses what has no multiplier, and names the channel', () => {
    for (const bad of [2 ** 30, -(2 ** 30), NaN, Infinity]) {
      expect(() => multiplierOf([1, bad])).toThrow(
        new RangeError(`factor ${bad} of channel 1 is not in (−2^30, 2^30)`),
      );
    }
  });
});

describe('addMultipliers', () => {
  const bound = ({aMantissa, bMantissa, shift}: ReturnType<typeof addMultipliers>) =>
    255 * (Math.abs(aMantissa) + Math.abs(bMantissa)) + 2 ** (shift - 1);

  it('keeps every sum of 8-bit differences in int32', () => {
    const random = new Random(11);
    const factors = [0, 2 ** -90, 2 ** -31, 1 - 2 ** -53, 1, 2 ** 19, 2 ** 20 - 2 ** -30];
    const pairs = factors.flatMap(a => factors.map(b => [a, b]));
    for (let i = 0; i < 5000; i++) {
      pairs.push([0, 1].map(() => (random.next() - 0.5) * 2 ** random.integer(-40, 19)));
    }
    for (const [a, b] of pairs.filter(([a, b]) => Math.abs(a) + Math.abs(b) < 2 ** 20)) {
      const multipliers = addMultipliers(a, -b);
      expect(bound(multipliers)).toBeLessThan(2 ** 31);
      expect(multipliers.shift).toBeGreaterThanOrEqual(1);
      expect(multipliers.shift).toBeLessThanOrEqual(30);
    }
  });

  it('is exact to 2^−20 of the sum of the factors', () => {
    const {aMantissa, bMantissa, shift} = addMultipliers(0.3, -0.9);
    expect(Math.abs(aMantissa * 2 ** -shift - 0.3)).toBeLessThan(1.2 * 2 ** -20);
    expect(Math.abs(bMantissa * 2 ** -shift + 0.9)).toBeLessThan(1.2 * 2 ** -20);
  });

  it('refuses factors that are too large or no numbers', () => {
    for (const bad of [2 ** 20, -(2 ** 25), Infinity, -Infinity, NaN]) {
      expect(() => addMultipliers(1, bad)).toThrow(RangeError);
      expect(() => addMultipliers(bad, 1)).toThrow(RangeError);
    }
  });
});

describe('roundHalfUp', () => {
  it('runs its example, and never returns −0', () => {
    expect(roundHalfUp(-2.5)).toBe(-2);
    expect([2.5, 0.5, -0.5, -0.4, -1.5].map(roundHalfUp)).toEqual([3, 1, 0, 0, -1]);
    expect(Object.is(roundHalfUp(-0.2), 0)).toBe(true);
  });
});
