import {gridOfBits} from '../../../src/quant/grid.js';
import {
  chooseQuantParams,
  dequantizeValue,
  quantizeValue,
} from '../../../src/quant/quant_params.js';
import type {Range} from '../../../src/quant/range.js';
import {ChannelObserver} from '../../../src/statistics/channel_observer.js';
import {distributionOf} from '../../../src/statistics/distribution.js';
import {divergence, prefixSums} from '../../../src/statistics/entropy_range.js';
import {chooseRange, type RangeRule, RANGE_RULES} from '../../../src/statistics/range_rules.js';
import type {TensorStatistics} from '../../../src/statistics/tensor_statistics.js';
import {Random} from '../../backend/oracle/random.js';

const random = new Random(5);

/** About normal, from twelve uniform numbers. */
function normal(): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += random.next();
  return sum;
}

const NORMAL = Float32Array.from({length: 2000}, normal);
const RELU = NORMAL.map(v => Math.max(v, 0));
/** one value in 400 is far out. */
const OUTLIERS = NORMAL.map((v, i) => (i % 400 === 7 ? 40 + v : v));
const SHIFTED = NORMAL.map(v => v + 1.5);

function statisticsOf(values: Float32Array): TensorStatistics {
  const observer = new ChannelObserver(1, {histogram: true});
  observer.add(values);
  return observer.statistics('probe') as TensorStatistics;
}

function choose(values: Float32Array, rule: RangeRule, bits: number, symmetric = false): Range {
  const target = {grid: gridOfBits(bits), symmetric, percentile: 99};
  return chooseRange(statisticsOf(values), rule, target);
}

/** Σ (x − x̂)² over the values themselves. */
function lossOf(values: Float32Array, range: Range, bits: number, symmetric = false): number {
  const grid = gridOfBits(bits);
  const params = chooseQuantParams(range, grid, symmetric);
  return values.reduce((sum, x) => {
    const error = x - dequantizeValue(quantizeValue(x, params, grid), params);
    return sum + error * error;
  }, 0);
}

/** The least loss of a dense search over both ends. */
function leastLoss(values: Float32Array, bits: number, symmetric: boolean): number {
  const {min, max} = choose(values, 'min-max', bits);
  let least = Infinity;
  for (let i = 1; i <= 12; i++) {
    for (let j = 1; j <= 12; j++) {
      if (symmetric && i !== j) continue;
      const range = {min: (Math.min(min, 0) * i) / 12, max: (Math.max(max, 0) * j) / 12};
      least = Math.min(least, lossOf(values, range, bits, symmetric));
    }
  }
  return least;
}

describe('chooseRange', () => {
  const SETS = {NORMAL, RELU, OUTLIERS, SHIFTED};

  it('covers everything by min-max', () => {
    for (const values of Object.values(SETS)) {
      const all = {min: Math.min(...values), max: Math.max(...values)};
      expect(choose(values, 'min-max', 8)).toEqual(all);
    }
  });

  it('stays within the bounds by every rule', () => {
    for (const rule of RANGE_RULES) {
      for (const values of Object.values(SETS)) {
        const {min, max} = choose(values, rule, 4);
        expect(min).toBeGreaterThanOrEqual(Math.min(...values));
        expect(max).toBeLessThanOrEqual(Math.max(...values));
        expect(max).toBeGreaterThan(min);
      }
    }
  });

  it('leaves out the outermost by percentile', () => {
    const sorted = [...OUTLIERS].sort((a, b) => a - b);
    const {min, max} = choose(OUTLIERS, 'percentile', 8);
    expect(Math.abs(min - sorted[20])).toBeLessThan(0.02);
    expect(Math.abs(max - sorted[sorted.length - 21])).toBeLessThan(0.02);
  });

  for (const bits of [2, 3, 4, 6, 8]) {
    for (const [name, values] of Object.entries(SETS)) {
      for (const symmetric of [false, true]) {
        it(`has nearly the least error by mse: ${name}, ${bits} bits${symmetric ? ', symmetric' : ''}`, () => {
          const own = lossOf(values, choose(values, 'mse', bits, symmetric), bits, symmetric);
          expect(own).toBeLessThan(1.05 * leastLoss(values, bits, symmetric));
        });
      }
    }
  }

  it('makes less error than min-max where there are outliers, by mse', () => {
    const sixBits = (rule: RangeRule) => lossOf(OUTLIERS, choose(OUTLIERS, rule, 6), 6);
    expect(sixBits('mse')).toBeLessThan(sixBits('min-max'));
  });

  it('ends where the values are many, by entropy', () => {
    const values = Float32Array.from({length: 20_000}, (_, i) => (i % 2000 === 7 ? 40 : normal()));
    const {max} = choose(values, 'entropy', 6);
    expect(max).toBeGreaterThan(2);
    expect(max).toBeLessThan(12);
  });

  it('knows only bounds where nothing was observed', () => {
    const {histogram: _, ...derived} = statisticsOf(OUTLIERS);
    for (const rule of RANGE_RULES) {
      const target = {grid: gridOfBits(8), symmetric: false, percentile: 99};
      expect(chooseRange(derived, rule, target)).toEqual(choose(OUTLIERS, 'min-max', 8));
    }
  });

  it('takes a tensor of zeros', () => {
    for (const rule of RANGE_RULES) {
      expect(choose(new Float32Array(9), rule, 8)).toEqual({min: 0, max: 0});
    }
  });
});

describe('divergence', () => {
  /** The definition, P and Q spelt out. */
  function defined(centres: number[], counts: number[], {min, max}: Range, levels: number): number {
    const inside = centres.map(c => c >= min && c < max);
    const first = inside.indexOf(true);
    const last = inside.lastIndexOf(true);
    const total = counts.reduce((a, b) => a + b);
    const p = counts.map((n, i) => (inside[i] ? n : 0));
    counts.forEach((n, i) => {
      if (i < first) p[first] += n;
      if (i > last) p[last] += n;
    });
    const step = (max - min) / levels;
    const stepOf = (c: number) => Math.floor((c - min) / step);
    const mass = counts.reduce((sum, n, i) => sum + (inside[i] ? n : 0), 0);
    return centres.reduce((sum, centre, i) => {
      if (!inside[i]) return sum;
      const peers = centres.map((c, j) => inside[j] && stepOf(c) === stepOf(centre) && j);
      const those = peers.filter((j): j is number => j !== false);
      const q = those.reduce((m, j) => m + counts[j], 0) / those.length / mass;
      return sum + (p[i] / total) * Math.log(p[i] / total / q);
    }, 0);
  }

  it('is that of the definition', () => {
    const {centres, counts} = distributionOf(
      statisticsOf(OUTLIERS.slice(0, 3000)).histogram ?? fail(),
    );
    const prefix = prefixSums(counts);
    for (const [range, levels] of [
      [{min: -3, max: 3}, 16],
      [{min: -50, max: 50}, 64],
      [{min: -0.5, max: 2}, 5],
    ] as const) {
      const expected = defined([...centres], [...counts], range, levels);
      expect(divergence(centres, prefix, range, levels)).toBeCloseTo(expected, 9);
    }
    expect(divergence(centres, prefix, {min: 100, max: 200}, 4)).toBe(Infinity);
  });
});

function fail(): never {
  throw new Error('no histogram');
}
