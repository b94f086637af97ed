import {batchNormStatistics} from '../../../src/statistics/batch_norm.js';
import {ChannelObserver} from '../../../src/statistics/channel_observer.js';
import {clippedNormal} from '../../../src/statistics/clipped_normal.js';
import {graphOf} from '../fixtures.js';

/** Moments of f(X), X normal, by the midpoint rule over 12 deviations. */
function integrated(f: (x: number) => number, mean: number, std: number) {
  const n = 100_000;
  let [first, second] = [0, 0];
  for (let i = 0; i < n; i++) {
    const z = -12 + (24 * (i + 0.5)) / n;
    const weight = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * (24 / n);
    const y = f(mean + std * z);
    first += weight * y;
    second += weight * y * y;
  }
  return {mean: first, std: Math.sqrt(Math.max(0, second - first * first))};
}

describe('clippedNormal', () => {
  const CASES: [number, number, number, number][] = [
    [0, 1, 0, Infinity],
    [0.5, 2, 0, 6],
    [-3, 1, 0, 6],
    [8, 3, 0, 6],
    [3, 0.1, 0, 6],
    [1, 4, -2, 0.5],
  ];

  for (const [mean, std, low, high] of CASES) {
    it(`is the integral for N(${mean}, ${std}²) within [${low}, ${high}]`, () => {
      const exact = integrated(x => Math.min(Math.max(x, low), high), mean, std);
      const got = clippedNormal(mean, std, low, high);
      expect(Math.abs(got.mean - exact.mean)).toBeLessThan(1e-7);
      expect(Math.abs(got.std - exact.std)).toBeLessThan(1e-6);
    });
  }

  it('clips a constant', () => {
    expect(clippedNormal(7, 0, 0, 6)).toEqual({mean: 6, std: 0});
    expect(clippedNormal(-7, 0, 0, Infinity)).toEqual({mean: 0, std: 0});
  });
});

describe('batchNormStatistics', () => {
  const MOMENTS = {mean: Float64Array.of(1, -2), std: Float64Array.of(2, 0.5)};

  function derived(text: string, name: string, more: string[] = []) {
    const moments = new Map([['n', MOMENTS], ...more.map(key => [key, MOMENTS] as const)]);
    return batchNormStatistics(graphOf(text), moments).get(name);
  }

  it('takes β and γ of the norm itself, and six deviations', () => {
    const own = derived('n = Placeholder()\nreturn n', 'n');
    expect(own).toEqual({
      source: 'batch-norm',
      ...MOMENTS,
      min: Float64Array.of(1 - 12, -2 - 3),
      max: Float64Array.of(1 + 12, -2 + 3),
    });
  });

  const CLIPS: [string, number[]][] = [
    ['y = Relu(n)', [Infinity, Infinity]],
    ['y = Relu6(n)', [6, 6]],
    ['r = Relu(n)\ny = Minimum(r, f32<2: 3 0.25>)', [3, 0.25]],
    ['r = Relu(n)\ny = Minimum(r, f32<: 2>)', [2, 2]],
  ];

  for (const [lines, caps] of CLIPS) {
    it(`follows ${lines.replace('\n', '; ')}`, () => {
      const got = derived(`n = Placeholder()\n${lines}\nreturn y`, 'y');
      caps.forEach((cap, c) => {
        const [mean, std] = [MOMENTS.mean[c], MOMENTS.std[c]];
        const exact = integrated(x => Math.min(Math.max(x, 0), cap), mean, std);
        expect(Math.abs((got?.mean[c] ?? NaN) - exact.mean)).toBeLessThan(1e-7);
        expect(Math.abs((got?.std[c] ?? NaN) - exact.std)).toBeLessThan(1e-5);
        expect(got?.min[c]).toBe(0);
        expect(got?.max[c]).toBe(Math.min(mean + 6 * std, cap));
      });
    });
  }

  it('adds independent summands', () => {
    const got = derived('n = Placeholder()\nm = Placeholder()\ny = AddV2(n, m)\nreturn y', 'y', [
      'm',
    ]);
    expect([...(got?.mean ?? [])]).toEqual([2, -4]);
    expect([...(got?.std ?? [])]).toEqual([Math.sqrt(8), Math.sqrt(0.5)]);
  });

  it('follows leaky ReLU', () => {
    const got = derived('n = Placeholder()\ny = LeakyRelu(n) alpha=0.25\nreturn y', 'y');
    [0, 1].forEach(c => {
      const exact = integrated(x => Math.max(x, x / 4), MOMENTS.mean[c], MOMENTS.std[c]);
      expect(Math.abs((got?.mean[c] ?? NaN) - exact.mean)).toBeLessThan(1e-7);
      expect(Math.abs((got?.std[c] ?? NaN) - exact.std)).toBeLessThan(1e-5);
    });
    expect([...(got?.min ?? [])]).toEqual([-11 / 4, -5 / 4]);
  });

  it('puts concatenated channels one after the other', () => {
    const text = (axis: number) =>
      `n = Placeholder()\nm = Mul(n, f32<2: 2 -1>)\ny = ConcatV2(n, m, i32<: ${axis}>)\nreturn y`;
    const got = derived(text(3), 'y');
    expect([...(got?.mean ?? [])]).toEqual([1, -2, 2, 2]);
    expect([...(got?.std ?? [])]).toEqual([2, 0.5, 4, 0.5]);
    expect([...(got?.min ?? [])]).toEqual([-11, -5, -22, -1]);
    expect([...(got?.max ?? [])]).toEqual([13, 1, 26, 5]);
    expect(derived(text(1), 'y')).toBeUndefined();
  });

  it('keeps channels through reshapes that keep the last axis', () => {
    const graph = graphOf('n = Placeholder()\ny = Reshape(n, i32<2: -1 2>)\nreturn y');
    const moments = new Map([['n', MOMENTS]]);
    const of = (shape: number[]) =>
      batchNormStatistics(graph, moments, new Set(), new Map([['y', shape]])).get('y')?.mean;
    expect(of([8, 2])).toEqual(MOMENTS.mean);
    expect(of([4, 4])).toBeUndefined();
  });

  it('knows nothing behind a layer', () => {
    expect(derived('n = Placeholder()\ny = Conv2D(n, ~1x1x2x2)\nreturn y', 'y')).toBeUndefined();
    expect(
      derived('n = Placeholder()\nm = Placeholder()\ny = AddV2(n, m)\nreturn y', 'y'),
    ).toBeUndefined();
  });
});

describe('ChannelObserver', () => {
  it('has the moments and extremes of all it saw', () => {
    const observer = new ChannelObserver(2);
    observer.add([1, 10, 3, 20]);
    observer.add([5, -30]);
    const {mean, std, min, max, source} = observer.statistics('probe') ?? {};
    expect(source).toBe('probe');
    expect([...(mean ?? [])]).toEqual([3, 0]);
    expect([...(std ?? [])]).toEqual([8 / 3, 1400 / 3].map(v => Math.fround(Math.sqrt(v))));
    expect([min, max]).toEqual([Float64Array.of(1, -30), Float64Array.of(5, 20)]);
  });

  it('has no statistics of nothing', () => {
    expect(new ChannelObserver(3).statistics('probe')).toBeUndefined();
  });

  it('has no deviation below 0 where all values are one', () => {
    const observer = new ChannelObserver(1);
    observer.add([0.1, 0.1, 0.1]);
    expect(observer.statistics('probe')?.std[0]).toBeLessThan(1e-8);
  });
});
