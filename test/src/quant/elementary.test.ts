import {
  erf,
  exp,
  log,
  normalCumulative,
  normalDensity,
  sigmoid,
  sin,
  tanh,
} from '../../../src/quant/elementary.js';

function relativeError(f: (x: number) => number, g: (x: number) => number, xs: number[]): number {
  return Math.max(
    ...xs.map(x => {
      const [a, b] = [f(x), g(x)];
      return a === b ? 0 : Math.abs(a - b) / Math.abs(b);
    }),
  );
}

function absoluteError(f: (x: number) => number, g: (x: number) => number, xs: number[]): number {
  return Math.max(...xs.map(x => Math.abs(f(x) - g(x))));
}

function steps(from: number, to: number, count: number): number[] {
  return Array.from({length: count + 1}, (_, i) => from + ((to - from) * i) / count);
}

/** Both signs, from 1e-12 to `largest`. */
function magnitudes(largest: number): number[] {
  const sizes = steps(-12, Math.log10(largest), 4000).map(e => 10 ** e);
  return [...sizes, ...sizes.map(x => -x), 0];
}

/** Magnitude from Simpson's rule over the density, independent of the code under test. */
function integral(f: (t: number) => number, from: number, to: number, intervals = 4000): number {
  const h = (to - from) / intervals;
  let sum = f(from) + f(to);
  for (let i = 1; i < intervals; i++) sum += (i % 2 === 1 ? 4 : 2) * f(from + i * h);
  return (sum * h) / 3;
}

describe('elementary functions', () => {
  it('exp, over all exponents of normal numbers', () => {
    expect(
      relativeError(exp, Math.exp, [...steps(-708, 709.78, 20_000), ...magnitudes(1)]),
    ).toBeLessThan(1e-13);
  });

  it('exp beyond them', () => {
    expect([exp(709.79), exp(Infinity), exp(-746), exp(-Infinity)]).toEqual([
      Infinity,
      Infinity,
      0,
      0,
    ]);
    expect(exp(0)).toBe(1);
    expect(exp(NaN)).toBe(NaN);
    expect(absoluteError(exp, Math.exp, steps(-745, -708, 500))).toBeLessThan(
      1e-307 * 1e-13 + 5e-324,
    );
  });

  it('log', () => {
    const xs = magnitudes(1e300)
      .map(Math.abs)
      .concat(steps(0.5, 2, 5000), [5e-324, 1.7e308]);
    expect(relativeError(log, Math.log, xs)).toBeLessThan(1e-13);
    expect([log(0), log(Infinity), log(1)]).toEqual([-Infinity, Infinity, 0]);
    expect(log(-1)).toBe(NaN);
    expect(log(NaN)).toBe(NaN);
  });

  it('sigmoid', () => {
    const exact = (x: number) => 1 / (1 + Math.exp(-x));
    expect(relativeError(sigmoid, exact, steps(-700, 700, 20_000))).toBeLessThan(1e-13);
    expect([sigmoid(-1000), sigmoid(1000), sigmoid(0)]).toEqual([0, 1, 0.5]);
  });

  it('tanh', () => {
    expect(
      relativeError(tanh, Math.tanh, [...steps(-25, 25, 20_000), ...magnitudes(20)]),
    ).toBeLessThan(1e-13);
    expect([tanh(-1e9), tanh(1e9)]).toEqual([-1, 1]);
  });

  it('erf', () => {
    const exact = (x: number) =>
      Math.sign(x) * (2 / Math.sqrt(Math.PI)) * integral(t => Math.exp(-t * t), 0, Math.abs(x));
    expect(absoluteError(erf, exact, steps(-7, 7, 280))).toBeLessThan(1e-12);
    expect([erf(0), erf(7), erf(-7), erf(Infinity)]).toEqual([0, 1, -1, 1]);
  });

  it('the normal distribution', () => {
    const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
    expect(relativeError(normalDensity, density, steps(-30, 30, 3000))).toBeLessThan(1e-12);
    const cumulative = (x: number) => 0.5 + integral(density, 0, x);
    expect(absoluteError(normalCumulative, cumulative, steps(-8, 8, 400))).toBeLessThan(1e-12);
    expect([normalCumulative(-Infinity), normalCumulative(Infinity)]).toEqual([0, 1]);
  });

  it('sin', () => {
    expect(
      absoluteError(sin, Math.sin, [...steps(-1e6, 1e6, 20_001), ...magnitudes(10)]),
    ).toBeLessThan(2e-10);
  });
});
