import {gridOfBits, INT8, MAX_BITS, MIN_BITS} from '../../../src/quant/grid.js';
import {
  chooseQuantParams,
  dequantizeValue,
  quantizeValue,
} from '../../../src/quant/quant_params.js';
import {EMPTY, type Range, rangeOf, union} from '../../../src/quant/range.js';
import {Random} from '../../backend/oracle/random.js';

describe('gridOfBits', () => {
  it('runs its examples', () => {
    expect(gridOfBits(8)).toEqual({min: -128, max: 127});
    expect(gridOfBits(4, true)).toEqual({min: -7, max: 7});
  });

  it('has 2^bits integers, one fewer when narrow', () => {
    for (let bits = MIN_BITS; bits <= MAX_BITS; bits++) {
      const [wide, narrow] = [gridOfBits(bits), gridOfBits(bits, true)];
      expect(wide.max - wide.min + 1).toBe(2 ** bits);
      expect(narrow).toEqual({min: -wide.max, max: wide.max});
    }
  });
});

describe('ranges', () => {
  it('cover their values and nothing else', () => {
    expect(rangeOf([3, -1, 2])).toEqual({min: -1, max: 3});
    expect(rangeOf([])).toEqual(EMPTY);
    expect(union({min: 0, max: 1}, {min: -2, max: 0.5})).toEqual({min: -2, max: 1});
    expect(union(EMPTY, {min: 4, max: 5})).toEqual({min: 4, max: 5});
  });

  it('show a NaN', () => {
    expect(rangeOf([1, NaN, 2])).toEqual({min: NaN, max: NaN});
  });
});

function randomRanges(count: number): Range[] {
  const random = new Random(2);
  return Array.from({length: count}, () => {
    const size = 2 ** random.integer(-20, 20);
    const [a, b] = [0, 1].map(() => (random.next() * 2 - 1) * size);
    return {min: Math.min(a, b), max: Math.max(a, b)};
  });
}

describe('chooseQuantParams', () => {
  it('runs its example', () => {
    expect(chooseQuantParams({min: 0, max: 255}, INT8)).toEqual({scale: 1, zeroPoint: -128});
  });

  for (let bits = MIN_BITS; bits <= MAX_BITS; bits++) {
    for (const symmetric of [false, true]) {
      const grid = gridOfBits(bits, symmetric);
      it(`puts 0 on the grid and covers the range to half a step (${bits} bits${symmetric ? ', symmetric' : ''})`, () => {
        for (const range of randomRanges(300)) {
          const params = chooseQuantParams(range, grid, symmetric);
          const {scale, zeroPoint} = params;
          expect(Math.fround(scale)).toBe(scale);
          expect(Number.isInteger(zeroPoint)).toBe(true);
          expect(zeroPoint).toBeGreaterThanOrEqual(grid.min);
          expect(zeroPoint).toBeLessThanOrEqual(grid.max);
          expect(dequantizeValue(quantizeValue(0, params, grid), params)).toBe(0);
          for (const end of [range.min, range.max]) {
            const error = Math.abs(dequantizeValue(quantizeValue(end, params, grid), params) - end);
            expect(error).toBeLessThanOrEqual(scale * (0.5 + 1e-4));
          }
          if (symmetric) expect(zeroPoint).toBe(0);
        }
      });
    }
  }

  it('wastes no integer: the range needs all but one step of the grid', () => {
    for (const range of randomRanges(300)) {
      const {scale} = chooseQuantParams(range, INT8);
      const width = Math.max(range.max, 0) - Math.min(range.min, 0);
      expect(scale * 254).toBeLessThan(width);
      expect(scale * 256).toBeGreaterThan(width);
    }
  });

  for (const symmetric of [false, true]) {
    it(`takes the next power of two${symmetric ? ', symmetric' : ''}`, () => {
      const grid = gridOfBits(6, symmetric);
      for (const range of randomRanges(300)) {
        const {scale: exact} = chooseQuantParams(range, grid, symmetric);
        const params = chooseQuantParams(range, grid, symmetric, 'power-of-two');
        const {scale, zeroPoint} = params;
        expect(Number.isInteger(Math.log2(scale))).toBe(true);
        expect(scale).toBeGreaterThanOrEqual(exact * (1 - 2 ** -23));
        expect(scale).toBeLessThan(exact * 2 * (1 + 2 ** -23));
        if (symmetric) expect(zeroPoint).toBe(0);
        for (const end of [range.min, range.max, 0]) {
          const error = Math.abs(dequantizeValue(quantizeValue(end, params, grid), params) - end);
          expect(error).toBeLessThanOrEqual(scale * (0.5 + 1e-4));
        }
      }
    });
  }

  it('leaves a scale that is a power of two', () => {
    for (const max of [255, 255 / 256, 255 * 2 ** -20]) {
      const float = chooseQuantParams({min: 0, max}, INT8);
      expect(chooseQuantParams({min: 0, max}, INT8, false, 'power-of-two')).toEqual(float);
    }
  });

  it('covers −128 and 127 alike where the grid is not narrow', () => {
    const params = chooseQuantParams({min: -128, max: 1}, INT8, true);
    expect(params).toEqual({scale: 1, zeroPoint: 0});
  });

  it('gives tensors without extent any scale', () => {
    for (const range of [{min: 0, max: 0}, {min: 0, max: 1e-50}, EMPTY_AT_ZERO]) {
      expect(chooseQuantParams(range, INT8)).toEqual({scale: 1, zeroPoint: -128});
    }
  });
});

const EMPTY_AT_ZERO: Range = {min: 0, max: -0};

describe('quantizeValue', () => {
  const params = {scale: 0.5, zeroPoint: 3};

  it('is the nearest integer, halves up, clamped', () => {
    expect([0, 0.25, -0.25, 0.24, 1e9, -1e9].map(x => quantizeValue(x, params, INT8))).toEqual([
      3, 4, 3, 3, 127, -128,
    ]);
  });

  it('takes infinities to the ends', () => {
    expect(quantizeValue(Infinity, params, INT8)).toBe(127);
    expect(quantizeValue(-Infinity, params, INT8)).toBe(-128);
  });

  it('is undone by dequantizeValue on the grid', () => {
    for (let q = -128; q <= 127; q++) {
      expect(quantizeValue(dequantizeValue(q, params), params, INT8)).toBe(q);
    }
  });
});
