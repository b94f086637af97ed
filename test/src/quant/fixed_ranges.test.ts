import {fixedRange} from '../../../src/quant/fixed_ranges.js';
import {gridOfBits, INT8} from '../../../src/quant/grid.js';
import {chooseQuantParams} from '../../../src/quant/quant_params.js';

describe('fixedRange', () => {
  it('runs its example', () => {
    expect(fixedRange('Sigmoid', INT8, false)).toEqual({min: 0, max: 255 / 256});
  });

  for (let bits = 2; bits <= 16; bits++) {
    it(`has steps of powers of two and wastes no integer, ${bits} bits`, () => {
      const grid = gridOfBits(bits);
      const params = (op: string, symmetric: boolean) =>
        chooseQuantParams(fixedRange(op, grid, symmetric) ?? {min: 0, max: 0}, grid, symmetric);
      const [unit, half] = [2 ** -bits, 2 ** (1 - bits)];
      for (const op of ['Sigmoid', 'Softmax']) {
        expect(params(op, false)).toEqual({scale: unit, zeroPoint: grid.min});
        expect(params(op, true)).toEqual({scale: half, zeroPoint: 0});
      }
      for (const symmetric of [false, true]) {
        expect(params('Tanh', symmetric)).toEqual({scale: half, zeroPoint: 0});
      }
    });
  }

  it('knows no others', () => {
    expect(fixedRange('Relu', INT8, false)).toBeUndefined();
  });
});
