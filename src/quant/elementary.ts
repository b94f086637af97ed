/**
 * Elementary functions from +, −, ×, ÷ and √ alone, which IEEE 754 rounds the same everywhere.
 * Math.exp and its kin may differ between engines in the last bit, and quantized models must not.
 *
 * Relative error below 1e-13 where not said otherwise.
 */

const LN2 = 0.6931471805599453;

/** 2^−1000 … 2^1000, all exact. */
const POWERS_OF_TWO = Float64Array.from({length: 2001}, (_, i) => 2 ** (i - 1000));

/** 2^(j / 32), from square roots. */
const ROOTS_OF_TWO = Float64Array.from({length: 32}, (_, j) => {
  let product = 1;
  let root = 2;
  for (let bit = 16; bit > 0; bit /= 2) {
    root = Math.sqrt(root);
    if ((j & bit) !== 0) product *= root;
  }
  return product;
});

/** eˣ; 0 below −745, Infinity above 709.78. */
export function exp(x: number): number {
  if (x > 709.78) return Infinity;
  if (x < -745) return 0;
  const k = Math.floor(x * (32 / LN2) + 0.5);
  const r = x - k * (LN2 / 32); // |r| ≤ ln 2 / 64
  const high = 1 + r * (1 / 4) * (1 + r * (1 / 5) * (1 + r * (1 / 6)));
  const sum = 1 + r * (1 + r * (1 / 2) * (1 + r * (1 / 3) * high));
  const exponent = k >> 5;
  const near = Math.min(Math.max(exponent, -1000), 1000); // 2^1024 alone is Infinity
  return sum * ROOTS_OF_TWO[k & 31] * powerOfTwo(near) * powerOfTwo(exponent - near);
}

/** 2^n for |n| ≤ 1000. */
function powerOfTwo(n: number): number {
  return POWERS_OF_TWO[n + 1000];
}

/** ln(n / 32) for 22 ≤ n ≤ 46, 0 for other n. */
const LOGS = Float64Array.from({length: 47}, (_, n) => {
  const z = (n - 32) / (n + 32); // ln(n / 32) = 2 artanh z, |z| < 0.186
  let sum = 0;
  for (let k = 21; k > 0; k -= 2) sum = sum * z * z + 1 / k;
  return n < 22 ? 0 : 2 * z * sum;
});

/** ln x for x > 0; −Infinity at 0. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return Infinity;
  let exponent = 0;
  while (x >= Math.SQRT2) {
    x /= 2;
    exponent++;
  }
  while (x < Math.SQRT1_2) {
    x *= 2;
    exponent--;
  }
  const n = Math.floor(x * 32 + 0.5);
  const z = (x - n / 32) / (x + n / 32); // |z| < 0.012
  const square = z * z;
  const sum = 1 + square * (1 / 3 + square * (1 / 5 + square * (1 / 7)));
  return LOGS[n] + 2 * z * sum + exponent * LN2;
}

export function sigmoid(x: number): number {
  return 1 / (1 + exp(-x));
}

export function tanh(x: number): number {
  if (Math.abs(x) > 20) return Math.sign(x);
  const square = x * x;
  // The quotient below would cancel.
  if (Math.abs(x) < 0.02) {
    return x * (1 - (square / 3) * (1 - square * (2 / 5) * (1 - square * (17 / 42))));
  }
  const e = exp(2 * x);
  return (e - 1) / (e + 1);
}

/** Absolute error below 1e-12. */
export function erf(x: number): number {
  const magnitude = Math.abs(x);
  if (magnitude > 6) return Math.sign(x);
  return magnitude < 3 ? erfSeries(x) : Math.sign(x) * (1 - erfcFraction(magnitude));
}

const TWO_OVER_SQRT_PI = 1.1283791670955126;

/** 2/√π · Σ (−1)ⁿ x^(2n+1) / (n! (2n+1)). */
function erfSeries(x: number): number {
  let power = x;
  let sum = x;
  for (let n = 1; n < 60; n++) {
    power *= (-x * x) / n;
    sum += power / (2 * n + 1);
  }
  return TWO_OVER_SQRT_PI * sum;
}

/** Laplace's continued fraction, for x ≥ 3. */
function erfcFraction(x: number): number {
  let tail = x;
  for (let n = 60; n > 0; n--) tail = x + n / 2 / tail;
  return (exp(-x * x) * TWO_OVER_SQRT_PI) / 2 / tail;
}

/** Density of the standard normal distribution. */
export function normalDensity(x: number): number {
  return 0.3989422804014327 * exp((-x * x) / 2);
}

/** P(X ≤ x) of the standard normal distribution; absolute error below 1e-12. */
export function normalCumulative(x: number): number {
  return (1 + erf(x * Math.SQRT1_2)) / 2;
}

/** sin x for |x| up to 1e6; absolute error below 2e-10. */
export function sin(x: number): number {
  const turns = x / (2 * Math.PI);
  const r = (turns - Math.floor(turns + 0.5)) * 2 * Math.PI; // [−π, π)
  let sum = 1;
  for (let n = 26; n > 0; n -= 2) sum = 1 - (r * r * sum) / (n * (n + 1));
  return r * sum;
}
