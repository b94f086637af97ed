import type {ConvGeometry, FilterSpec, Microkernels} from '../../../backend/microkernels.js';
import * as oracle from './oracle.js';
import {Random} from './random.js';
import {
  describeMicrokernel,
  filterFor,
  geometryOf,
  runOnBlocks,
  stageFor,
  tableOf,
  WINDOWS,
  withFilter,
} from './tester.js';

function randomFilter(random: Random, g: ConvGeometry, parts: Partial<FilterSpec> = {}) {
  const {filterHeight: height, filterWidth: width, inChannels, outChannels} = g;
  return filterFor(random, {height, width, inChannels, outChannels, taps: height * width}, parts);
}

function expectOracle(kernels: Microkernels, x: Int8Array, filter: FilterSpec, g: ConvGeometry) {
  const bytes = g.batch * g.outHeight * g.outWidth * g.outChannels;
  const y = withFilter(kernels, kernels.packDepthwise(filter), packed =>
    runOnBlocks(kernels, [x], bytes, ([block], output) =>
      kernels.depthwiseConv2D(packed, g)(block, output),
    ),
  );
  expect([...y]).toEqual([...oracle.depthwiseConv2D(x, filter, g)]);
}

function inputFor(random: Random, g: ConvGeometry) {
  return random.int8(g.batch * g.inHeight * g.inWidth * g.inChannels);
}

describeMicrokernel('depthwiseConv2D', kernels => {
  for (const channels of [1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 40]) {
    for (const multiplier of [1, 2, 3]) {
      it(`${channels} channels, multiplier ${multiplier}`, () => {
        const random = new Random(channels * 10 + multiplier);
        const g = geometryOf(
          {size: [5, 6], filter: [3, 3], pads: [1, 1, 1, 1]},
          channels,
          channels * multiplier,
        );
        expectOracle(kernels(), inputFor(random, g), randomFilter(random, g), g);
      });
    }
  }

  WINDOWS.forEach(([label, window], seed) => {
    it(`window: ${label}`, () => {
      const random = new Random(seed);
      for (const [channels, multiplier] of [
        [9, 1],
        [16, 1],
        [3, 2],
      ]) {
        const g = geometryOf(window, channels, channels * multiplier);
        expectOracle(kernels(), inputFor(random, g), randomFilter(random, g), g);
      }
    });
  });

  for (const xZeroPoint of [-128, 127]) {
    for (const filterZeroPoint of [-128, 127]) {
      it(`zero points ${xZeroPoint} and ${filterZeroPoint}`, () => {
        const random = new Random(1000 * xZeroPoint + filterZeroPoint);
        const g = geometryOf(
          {size: [5, 5], filter: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1]},
          11,
          11,
        );
        const zeroPoint = new Int32Array(11).fill(filterZeroPoint);
        const filter = randomFilter(random, g, {xZeroPoint, zeroPoint});
        expectOracle(kernels(), inputFor(random, g), filter, g);
        const x = inputFor(random, g).fill(xZeroPoint === 127 ? -128 : 127);
        const values = filter.values.slice().fill(filterZeroPoint === 127 ? -128 : 127);
        expectOracle(kernels(), x, {...filter, values}, g);
      });
    }
  }

  for (let shift = 1; shift <= 62; shift++) {
    it(`shift ${shift}`, () => {
      const random = new Random(shift);
      const g = geometryOf({size: [3, 3], filter: [2, 2]}, 9, 9);
      const stage = {...stageFor(random, 9, 1), shift, lo: -128, hi: new Int8Array(9).fill(127)};
      const bias = random.int32(9, -(2 ** 30), 2 ** 30);
      expectOracle(kernels(), inputFor(random, g), randomFilter(random, g, {stage, bias}), g);
      expectOracle(kernels(), inputFor(random, g), randomFilter(random, g, {stage}), g);
    });
  }

  it('applies a table after the clamp', () => {
    const random = new Random(6);
    const g = geometryOf({size: [4, 4], filter: [3, 3]}, 10, 10);
    const base = randomFilter(random, g);
    const stage = {
      ...base.stage,
      table: tableOf(q => q ^ 0x55),
      lo: -90,
      hi: new Int8Array(10).fill(80),
    };
    expectOracle(kernels(), inputFor(random, g), {...base, stage}, g);
  });
});
