import {normalCumulative, normalDensity} from '../quant/elementary.js';

/**
 * Mean and standard deviation of min(max(X, low), high), X normal (Nagel 2019 appendix C).
 *
 * With a = (low − μ)/σ and b = (high − μ)/σ:
 *
 *   E   = low · Φ(a) + high · (1 − Φ(b)) + μ (Φ(b) − Φ(a)) + σ (φ(a) − φ(b))
 *   E²  = low² · Φ(a) + high² · (1 − Φ(b)) + (μ² + σ²)(Φ(b) − Φ(a)) + σ (μ + low) φ(a) − σ (μ + high) φ(b)
 *
 * @param high may be Infinity
 */
export function clippedNormal(mean: number, std: number, low: number, high: number) {
  if (std < 1e-12) return {mean: Math.min(Math.max(mean, low), high), std: 0};
  const a = (low - mean) / std;
  const b = (high - mean) / std;
  const below = normalCumulative(a);
  const inside = normalCumulative(b) - below;
  const [densityA, densityB] = [normalDensity(a), high === Infinity ? 0 : normalDensity(b)];
  const above = high === Infinity ? 0 : 1 - normalCumulative(b);
  const top = high === Infinity ? 0 : high;
  const first = low * below + top * above + mean * inside + std * (densityA - densityB);
  const second =
    low * low * below +
    top * top * above +
    (mean * mean + std * std) * inside +
    std * ((mean + low) * densityA - (mean + top) * densityB);
  return {mean: first, std: Math.sqrt(Math.max(0, second - first * first))};
}
