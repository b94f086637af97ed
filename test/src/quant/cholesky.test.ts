import {inverseCholesky} from '../../../src/quant/cholesky.js';
import {randomSource} from '../../../src/statistics/random.js';

describe('inverseCholesky', () => {
  for (const n of [1, 2, 7, 40]) {
    it(`of [${n}, ${n}] times itself is the inverse`, () => {
      const random = randomSource(n);
      const root = Float64Array.from({length: n * n}, () => random() - 0.5);
      const matrix = new Float64Array(n * n);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          for (let k = 0; k < n; k++) matrix[i * n + j] += root[i * n + k] * root[j * n + k];
        }
        matrix[i * n + i] += 0.1;
      }
      const factor = inverseCholesky(matrix, n);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          // (Mᵀ M A)[i, j]
          let sum = 0;
          for (let k = 0; k < n; k++) {
            for (let l = 0; l < n; l++) {
              sum += factor[k * n + i] * factor[k * n + l] * matrix[l * n + j];
            }
          }
          expect(Math.abs(sum - (i === j ? 1 : 0))).toBeLessThan(1e-9);
          if (j > i) expect(factor[i * n + j]).toBe(0);
        }
      }
    });
  }
});
