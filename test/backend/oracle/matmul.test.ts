import type {FilterSpec, Microkernels} from '../../../backend/microkernels.js';
import * as oracle from './oracle.js';
import {Random} from './random.js';
import {
  describeMicrokernel,
  elementBytes,
  filterFor,
  floatStageFor,
  runOnBlocks,
  stageFor,
  tableOf,
  withFilter,
} from './tester.js';

function randomMatrix(random: Random, depth: number, columns: number): FilterSpec {
  const sizes = {height: 1, width: 1, inChannels: depth, outChannels: columns, taps: depth};
  return filterFor(random, sizes);
}

function expectOracle(kernels: Microkernels, x: Int8Array, filter: FilterSpec, rows: number) {
  const y = withFilter(kernels, kernels.packConv2D(filter), packed =>
    runOnBlocks(kernels, [x], rows * filter.outChannels * elementBytes(filter), ([block], output) =>
      kernels.matMul(packed, rows)(block, output),
    ),
  );
  expect([...y]).toEqual([...oracle.matMul(x, filter, rows)]);
}

describeMicrokernel('matMul', kernels => {
  it('leaves sums in float32', () => {
    const random = new Random(17);
    for (const columns of [1, 3, 4, 5, 7, 8, 9, 12, 17, 1000]) {
      const filter = {...randomMatrix(random, 40, columns), stage: floatStageFor(random, columns)};
      for (const rows of [1, 4, 5]) expectOracle(kernels(), random.int8(rows * 40), filter, rows);
    }
  });

  for (const rows of [1, 2, 3, 4, 5, 8, 13]) {
    for (const depth of [1, 2, 3, 7, 8, 9, 31, 64]) {
      it(`${rows} × ${depth}`, () => {
        const random = new Random(rows * 100 + depth);
        for (const columns of [1, 5, 7, 8, 9, 16, 17, 1000]) {
          const filter = randomMatrix(random, depth, columns);
          expectOracle(kernels(), random.int8(rows * depth), filter, rows);
        }
      });
    }
  }

  it('is exact up to the bound on the depth', () => {
    for (const [weight, zeroPoint] of [
      [127, -128],
      [-128, 127],
    ]) {
      const filter: FilterSpec = {
        ...randomMatrix(new Random(1), 33025, 9),
        values: new Int8Array(33025 * 9).fill(weight),
        zeroPoint: new Int32Array(9).fill(zeroPoint),
        bias: new Int32Array(9),
        xZeroPoint: 127,
        stage: {...stageFor(new Random(2), 9, 2 ** 31), lo: -128, hi: new Int8Array(9).fill(127)},
      };
      expectOracle(kernels(), new Int8Array(33025 * 5).fill(-128), filter, 5);
    }
  });

  it('takes negative slopes, caps and tables', () => {
    const random = new Random(3);
    const base = randomMatrix(random, 20, 12);
    const stage = {...base.stage, negativeMantissa: random.int32(12, -(2 ** 31), 0)};
    expectOracle(kernels(), random.int8(60), {...base, stage}, 3);
    expectOracle(
      kernels(),
      random.int8(60),
      {...base, stage: {...stage, table: tableOf(q => q >> 1)}},
      3,
    );
  });
});
