import {engine} from '@tensorflow/tfjs-core';
import '../../backend/index.js';
import {type Dot, dotForm, machineDot} from '../../backend/dot_probe.js';
import {Int8Backend} from '../../backend/int8_backend.js';
import {fastestBinary, hasExactDot} from '../../backend/simd_binary.js';
import {instantiateSimd} from '../../backend/simd_module.js';

type Product = (x: number, w: number) => number;

const unsigned: Product = (x, w) => (x & 255) * w;
const signed: Product = (x, w) => x * w;
const wrapped = (sum: number) => sum | 0;
const clamped = (sum: number, bits: number) =>
  Math.max(Math.min(sum, 2 ** (bits - 1) - 1), -(2 ** (bits - 1)));

/** An instruction that adds four products in its own way. */
function dotOf(product: Product, add: (acc: number, products: number[]) => number): Dot {
  return (x, w, acc) =>
    acc.map((sum, lane) =>
      add(
        sum,
        [0, 1, 2, 3].map(j => product(x[4 * lane + j], w[4 * lane + j])),
      ),
    );
}

const exact = (acc: number, [a, b, c, d]: number[]) => wrapped(acc + a + b + c + d);

describe('dotForm', () => {
  it('tells exact dot products of signed and of unsigned bytes apart', () => {
    expect(dotForm(dotOf(unsigned, exact))).toBe('unsigned'); // vpdpbusd
    expect(dotForm(dotOf(signed, exact))).toBe('signed'); // sdot, vpdpbssd
  });

  it('refuses sums of two products that saturate', () => {
    for (const product of [unsigned, signed]) {
      const dot = dotOf(product, (acc, [a, b, c, d]) =>
        wrapped(acc + clamped(a + b, 16) + clamped(c + d, 16)),
      );
      expect(dotForm(dot)).toBe(undefined); // pmaddubsw
    }
  });

  it('refuses sums of two products that wrap at 16 bits', () => {
    for (const product of [unsigned, signed]) {
      const dot = dotOf(product, (acc, [a, b, c, d]) =>
        wrapped(acc + (((a + b) << 16) >> 16) + (((c + d) << 16) >> 16)),
      );
      expect(dotForm(dot)).toBe(undefined);
    }
  });

  it('refuses accumulators that saturate', () => {
    for (const product of [unsigned, signed]) {
      const dot = dotOf(product, (acc, [a, b, c, d]) => clamped(acc + a + b + c + d, 32));
      expect(dotForm(dot)).toBe(undefined); // vpdpbusds
    }
  });

  it('refuses bytes of w that are unsigned', () => {
    expect(dotForm(dotOf((x, w) => unsigned(w, x), exact))).toBe(undefined);
    expect(dotForm(dotOf((x, w) => (x & 255) * (w & 255), exact))).toBe(undefined);
  });

  it('refuses results in other lanes', () => {
    const dot = dotOf(unsigned, exact);
    for (const [i, j] of [
      [0, 1],
      [1, 3],
      [2, 3],
    ]) {
      const swapped: Dot = (x, w, acc) => {
        const result = dot(x, w, acc);
        [result[i], result[j]] = [result[j], result[i]];
        return result;
      };
      expect(dotForm(swapped)).toBe(undefined);
    }
  });

  it('refuses a seventh bit that is lost', () => {
    expect(dotForm(dotOf((x, w) => (x & 127) * w, exact))).toBe(undefined);
  });
});

describe('the binary that runs', () => {
  it('is that with relaxed SIMD where its dot products are exact, and only there', async () => {
    const dot = machineDot();
    const expected = dot !== undefined && dotForm(dot) !== undefined ? 'relaxed_simd' : 'simd';
    expect(hasExactDot()).toBe(expected === 'relaxed_simd');
    expect((await fastestBinary()).name).toBe(expected);
    const backend = await engine().registryFactory['int8'].factory();
    expect(backend instanceof Int8Backend && backend.microkernels.name).toBe(expected);
    backend.dispose();
  });

  it('can be that without relaxed SIMD anywhere', () => {
    expect(instantiateSimd()?.name).toBe('simd');
  });
});
