import {simdFloats} from '../../backend/simd_floats.js';
import type {StatisticsLoops} from '../../src/ops.js';
import {scalarLoops} from '../../src/statistics/scalar_loops.js';
import {Random} from './oracle/random.js';

/** Straddle vectors, bytes of a mask, blocks of 64 rows and pieces of 8192 values. */
const CHANNELS = [1, 3, 4, 7, 8, 12, 17, 96];
const ROWS = [0, 1, 63, 64, 65, 130];

const SPECIAL = [NaN, Infinity, -Infinity, 0, -0, 1e-42, -1e-42, 3.4e38, -3.4e38];

/** Of all magnitudes, so that the order of a sum shows in its last bits. */
function values(random: Random, length: number, special = 0): Float32Array {
  return Float32Array.from({length}, () =>
    random.next() < special
      ? random.pick(SPECIAL)
      : (random.next() - 0.5) * 2 ** random.integer(-20, 20),
  );
}

describe('loops over channels, by SIMD', () => {
  let loops: StatisticsLoops;

  beforeAll(() => {
    const own = simdFloats();
    if (own === undefined) throw new Error('WebAssembly SIMD is missing');
    loops = own;
  });

  function expectSame(run: (loops: StatisticsLoops) => unknown) {
    expect(run(loops)).toEqual(run(scalarLoops));
  }

  /** Several tensors, one after the other. */
  function moments(tensors: readonly Float32Array[], channels: number) {
    return (own: StatisticsLoops) => {
      const sums = {
        sum: new Float64Array(channels),
        squares: new Float64Array(channels),
        min: new Float64Array(channels).fill(Infinity),
        max: new Float64Array(channels).fill(-Infinity),
      };
      for (const tensor of tensors) own.addMoments(tensor, sums);
      return sums;
    };
  }

  /** As livePlaces does: masks of some tensors, and the sums of others under them. */
  function masked(tensors: readonly Float32Array[], bounds: Float32Array) {
    return (own: StatisticsLoops) => {
      const counts = new Int32Array(bounds.length);
      const masks = tensors.map(tensor => own.maskAbove(tensor, bounds, counts));
      const sums = new Float64Array(bounds.length);
      masks.forEach((mask, i) => own.addMasked(tensors[tensors.length - 1 - i], mask, sums));
      return {counts, masks, sums};
    };
  }

  function rowSums(tensors: readonly Float32Array[], channels: number) {
    return (own: StatisticsLoops) => {
      const sums = new Float64Array(channels);
      for (const tensor of tensors) own.addRows(tensor, sums);
      return sums;
    };
  }

  /** Of several tensors against others, and of these on a grid. */
  function errors(tensors: readonly Float32Array[]) {
    return (own: StatisticsLoops) => {
      const [sums, onGrid] = [0, 0].map(() => ({signal: 0, noise: 0}));
      tensors.forEach((tensor, i) => {
        own.addErrors(tensor, tensors[tensors.length - 1 - i], sums);
        own.addGridErrors(tensor, {scale: 0.1, zeroPoint: -3, min: -128, max: 127}, onGrid);
      });
      return {sums, onGrid};
    };
  }

  for (const length of [0, 1, 3, 4, 5, 4095, 4096, 4097, 20_003]) {
    it(`have the bits of the plain ones, errors of ${length} values`, () => {
      const random = new Random(length);
      expectSame(errors([0, 1].map(() => values(random, length))));
      const finite = values(random, length);
      const special = finite.map((v, i) =>
        i % 7 === 3 ? random.pick([NaN, Infinity, -Infinity]) : v,
      );
      expectSame(errors([special, special]));
      expectSame(errors([special, finite]));
    });
  }

  it('count no errors where the reference is not finite, and NaN where the other is not', () => {
    const sums = {signal: 0, noise: 0};
    loops.addErrors(Float32Array.of(NaN, Infinity, 3), Float32Array.of(1, 1, 5), sums);
    expect(sums).toEqual({signal: 9, noise: 4});
    loops.addErrors(Float32Array.of(1), Float32Array.of(NaN), sums);
    expect(sums).toEqual({signal: 10, noise: NaN});
  });

  for (const channels of CHANNELS) {
    it(`have the bits of the plain ones, ${channels} channels`, () => {
      const random = new Random(channels);
      for (const rows of [...ROWS, Math.ceil(20_000 / channels)]) {
        for (const special of [0, 0.01]) {
          const tensors = [0, 1].map(() => values(random, rows * channels, special));
          expectSame(moments(tensors, channels));
          expectSame(rowSums(tensors, channels));
          expectSame(masked(tensors, values(random, channels, special)));
        }
      }
    });
  }

  it('have the bits of the plain ones in rows that are longer than a piece', () => {
    const tensors = [0, 1].map(seed => values(new Random(seed), 3 * 10_001));
    expectSame(moments(tensors, 10_001));
    expectSame(rowSums(tensors, 10_001));
    expectSame(masked(tensors, values(new Random(2), 10_001)));
  });

  it('leave out what is not above its bound, NaN and ∞ too', () => {
    const mask = loops.maskAbove(
      Float32Array.of(NaN, 1, 2, 2),
      Float32Array.of(0, 1),
      new Int32Array(2),
    );
    expect([...mask]).toEqual([0, 3]);
    const sums = new Float64Array(2);
    loops.addMasked(Float32Array.of(NaN, Infinity, 4, 5), mask, sums);
    expect([...sums]).toEqual([4, 5]);
  });

  for (const channels of CHANNELS) {
    it(`apply steps, and see each result, ${channels} channels`, () => {
      const random = new Random(channels);
      for (const rows of [0, 1, 5, 65, Math.ceil(20_000 / channels)]) {
        const x = values(random, rows * channels, 0.1);
        const steps = (['add', 'maximum', 'minimum'] as const).map((op, i) => ({
          op,
          values: values(random, i === 1 ? 1 : channels, i === 0 ? 0 : 0.3),
        }));
        expectSame(own => {
          const y = new Float32Array(x.length);
          const observed = steps.map((step, i) =>
            i === 1 ? step : {...step, sums: moments([], channels)(own)},
          );
          own.applySteps(x, y, channels, observed);
          return {y, observed};
        });
      }
    });
  }

  it('keep x where one of two values is NaN, and of 0 and −0', () => {
    const y = new Float32Array(5);
    for (const op of ['minimum', 'maximum'] as const) {
      const step = {op, values: Float32Array.of(1, NaN, -0, 0, 2)};
      loops.applySteps(Float32Array.of(NaN, 1, 0, -0, 2), y, 5, [step]);
      expect([...y]).toEqual([NaN, 1, 0, -0, 2]);
    }
  });
});
