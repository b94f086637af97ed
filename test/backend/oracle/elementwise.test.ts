import type {AddOperands, BroadcastPlan} from '../../../backend/microkernels.js';
import {addMultipliers} from '../../../src/quant/multiplier.js';
import * as oracle from './oracle.js';
import {Random} from './random.js';
import {
  describeMicrokernel,
  runOnBlocks,
  scalarStageFor,
  stageFor,
  tableOf,
  withFilter,
} from './tester.js';

type Strides = [number, number, number];

/** Sizes [outer, middle, inner] and strides in every combination that broadcasting gives. */
const PLANS: readonly [label: string, plan: BroadcastPlan][] = [
  ['same shape', plan([1, 1, 77], [77, 77, 1], [77, 77, 1])],
  ['one element', plan([1, 1, 1], [1, 1, 1], [1, 1, 1])],
  ['b scalar', plan([1, 1, 35], [35, 35, 1], [0, 0, 0])],
  ['a scalar', plan([1, 1, 35], [0, 0, 0], [35, 35, 1])],
  ['b per channel', plan([1, 6, 17], [102, 17, 1], [0, 0, 1])],
  ['a per channel', plan([1, 6, 17], [0, 0, 1], [102, 17, 1])],
  ['b per row', plan([1, 6, 17], [102, 17, 1], [0, 1, 0])],
  ['a per row', plan([1, 5, 16], [0, 1, 0], [80, 16, 1])],
  ['b per batch and channel', plan([3, 4, 9], [36, 9, 1], [9, 0, 1])],
  ['a per batch and channel', plan([3, 4, 9], [9, 0, 1], [36, 9, 1])],
  ['a column with a row', plan([1, 7, 8], [0, 1, 0], [0, 0, 1])],
  ['both broadcast outside', plan([4, 3, 5], [0, 5, 1], [5, 0, 1])],
  ['b per batch', plan([3, 1, 24], [24, 24, 1], [1, 0, 0])],
];

function plan(
  [outer, middle, inner]: Strides,
  aStrides: Strides,
  bStrides: Strides,
): BroadcastPlan {
  return {outer, middle, inner, aStrides, bStrides};
}

/** Elements that an operand has: one more than the largest offset. */
function extent({outer, middle, inner}: BroadcastPlan, [so, sm, si]: readonly number[]): number {
  return (outer - 1) * so + (middle - 1) * sm + (inner - 1) * si + 1;
}

function addOperands(random: Random, sign: 1 | -1): AddOperands {
  const factor = () => random.pick([0.01, 0.3, 1, 1.7, 60, 3000]) * (0.5 + random.next());
  return {
    ...addMultipliers(factor(), sign * factor()),
    aZeroPoint: random.pick([-128, 0, 5, 127]),
    bZeroPoint: random.pick([-128, 0, -7, 127]),
    zeroPoint: random.pick([-128, 0, 3, 127]),
    lo: random.pick([-128, -128, 0]),
    hi: random.pick([127, 127, 20]),
  };
}

describeMicrokernel('binary microkernels', kernels => {
  PLANS.forEach(([label, plan], seed) => {
    const bytes = plan.outer * plan.middle * plan.inner;
    const operands = (random: Random) => [
      random.int8(extent(plan, plan.aStrides)),
      random.int8(extent(plan, plan.bStrides)),
    ];

    it(`add: ${label}`, () => {
      for (let round = 0; round < 12; round++) {
        const random = new Random(100 * seed + round);
        const [a, b] = operands(random);
        const o = addOperands(random, round % 2 ? -1 : 1);
        const y = runOnBlocks(kernels(), [a, b], bytes, ([x0, x1], output) =>
          kernels().add(plan, o)(x0, x1, output),
        );
        expect([...y]).toEqual([...oracle.binary(a, b, plan, (p, q) => oracle.added(p, q, o))]);
      }
    });

    it(`mul: ${label}`, () => {
      for (let round = 0; round < 8; round++) {
        const random = new Random(200 * seed + round);
        const [a, b] = operands(random);
        const [za, zb] = [random.pick([-128, 4, 127]), random.pick([-128, -9, 127])];
        const stage = scalarStageFor(random, random.pick([100, 4000, 65025]));
        const y = runOnBlocks(kernels(), [a, b], bytes, ([x0, x1], output) =>
          kernels().mul(plan, za, zb, stage)(x0, x1, output),
        );
        const product = (p: number, q: number) => oracle.scalarStaged((p - za) * (q - zb), stage);
        expect([...y]).toEqual([...oracle.binary(a, b, plan, product)]);
      }
    });

    it(`maximum and minimum: ${label}`, () => {
      const [a, b] = operands(new Random(seed));
      const largest = runOnBlocks(kernels(), [a, b], bytes, ([x0, x1], output) =>
        kernels().maximum(plan)(x0, x1, output),
      );
      expect([...largest]).toEqual([...oracle.binary(a, b, plan, (p, q) => (p > q ? p : q))]);
      const smallest = runOnBlocks(kernels(), [a, b], bytes, ([x0, x1], output) =>
        kernels().minimum(plan)(x0, x1, output),
      );
      expect([...smallest]).toEqual([...oracle.binary(a, b, plan, (p, q) => (p < q ? p : q))]);
    });
  });

  it('add is exact over all pairs of int8 values', () => {
    const every = tableOf(q => q);
    const pairs = plan([1, 256, 256], [0, 1, 0], [0, 0, 1]);
    for (const [fa, fb, za, zb] of [
      [0.5, 0.5, 0, 0],
      [4000, -4000, -128, 127],
      [1e-6, 1, 127, -128],
    ]) {
      const o = {
        ...addMultipliers(fa, fb),
        aZeroPoint: za,
        bZeroPoint: zb,
        zeroPoint: 1,
        lo: -128,
        hi: 127,
      };
      const y = runOnBlocks(kernels(), [every, every], 65536, ([a, b], output) =>
        kernels().add(pairs, o)(a, b, output),
      );
      const expected = oracle.binary(every, every, pairs, (p, q) => oracle.added(p, q, o));
      expect(y.findIndex((q, i) => q !== expected[i])).toBe(-1);
    }
  });

  for (let shift = 1; shift <= 62; shift++) {
    it(`mul, shift ${shift}`, () => {
      const random = new Random(shift);
      const every = tableOf(q => q);
      const all = plan([1, 1, 256], [256, 256, 1], [256, 256, 1]);
      for (const mantissa of [1, 2 ** 30, 2 ** 31 - 1, -(2 ** 31), 0]) {
        const stage = {mantissa, shift, zeroPoint: random.pick([-128, 0, 127]), lo: -128, hi: 127};
        const y = runOnBlocks(kernels(), [every, random.int8(256)], 256, ([a], output) =>
          kernels().mul(all, -128, 127, stage)(a, a, output),
        );
        const square = (p: number) => oracle.scalarStaged((p + 128) * (p - 127), stage);
        expect([...y]).toEqual([...oracle.binary(every, every, all, square)]);
      }
    });
  }
});

describeMicrokernel('prelu', kernels => {
  for (const channels of [1, 3, 7, 8, 9, 17, 64]) {
    for (const rows of [1, 2, 5, 33]) {
      it(`${rows} × ${channels}`, () => {
        for (const xZeroPoint of [-128, 0, 13, 127]) {
          const random = new Random(channels * 1000 + rows * 10 + xZeroPoint);
          const stage = {...stageFor(random, channels, 200), table: tableOf(q => -1 - q)};
          const x = random.int8(rows * channels);
          const y = withFilter(kernels(), kernels().packPRelu(stage), packed =>
            runOnBlocks(kernels(), [x], x.length, ([block], output) =>
              kernels().prelu(packed, rows, xZeroPoint)(block, output),
            ),
          );
          expect([...y]).toEqual([...oracle.prelu(x, rows, xZeroPoint, stage)]);
        }
      });
    }
  }
});
