import type {ConvGeometry, FilterSpec, Microkernels} from '../../../backend/microkernels.js';
import * as oracle from './oracle.js';
import {Random} from './random.js';
import {
  describeMicrokernel,
  elementBytes,
  filterFor,
  floatStageFor,
  geometryOf,
  runOnBlocks,
  stageFor,
  tableOf,
  WINDOWS,
  withFilter,
} from './tester.js';

function randomFilter(random: Random, g: ConvGeometry, parts: Partial<FilterSpec> = {}) {
  const {filterHeight: height, filterWidth: width, inChannels, outChannels} = g;
  const taps = height * width * inChannels;
  return filterFor(random, {height, width, inChannels, outChannels, taps}, parts);
}

function expectOracle(kernels: Microkernels, x: Int8Array, filter: FilterSpec, g: ConvGeometry) {
  const bytes = g.batch * g.outHeight * g.outWidth * g.outChannels * elementBytes(filter);
  const y = withFilter(kernels, kernels.packConv2D(filter), packed =>
    runOnBlocks(kernels, [x], bytes, ([block], output) => kernels.conv2D(packed, g)(block, output)),
  );
  expect([...y]).toEqual([...oracle.conv2D(x, filter, g)]);
}

function inputFor(random: Random, g: ConvGeometry) {
  return random.int8(g.batch * g.inHeight * g.inWidth * g.inChannels);
}

/** Nine pixels, each on its own: for tests of the output stage. */
const POINT = geometryOf({size: [3, 3], filter: [1, 1]}, 4, 6);

describeMicrokernel('conv2D', kernels => {
  it('leaves sums in float32', () => {
    const random = new Random(17);
    for (const outChannels of [1, 3, 4, 5, 7, 8, 9, 12, 17]) {
      const g = geometryOf({size: [4, 5], filter: [3, 3], pads: [1, 0, 0, 1]}, 6, outChannels);
      const filter = randomFilter(random, g, {stage: floatStageFor(random, outChannels)});
      expectOracle(kernels(), inputFor(random, g), filter, g);
    }
  });

  for (const inChannels of [1, 2, 3, 4, 5, 8, 9, 16, 17, 33]) {
    for (const outChannels of [1, 3, 5, 7, 8, 9, 16, 17]) {
      it(`maps ${inChannels} channels to ${outChannels}`, () => {
        const random = new Random(inChannels * 100 + outChannels);
        for (const filter of [
          [1, 1],
          [3, 3],
        ] as [number, number][]) {
          const g = geometryOf({size: [4, 5], filter}, inChannels, outChannels);
          expectOracle(kernels(), inputFor(random, g), randomFilter(random, g), g);
        }
      });
    }
  }

  WINDOWS.forEach(([label, window], seed) => {
    it(`window: ${label}`, () => {
      const random = new Random(seed);
      for (const [inChannels, outChannels] of [
        [3, 9],
        [8, 8],
        [13, 5],
      ]) {
        const g = geometryOf(window, inChannels, outChannels);
        expectOracle(kernels(), inputFor(random, g), randomFilter(random, g), g);
      }
    });
  });

  for (const xZeroPoint of [-128, 0, 127]) {
    for (const filterZeroPoint of [-128, 0, 127]) {
      it(`zero points ${xZeroPoint} and ${filterZeroPoint}`, () => {
        const random = new Random(1000 * xZeroPoint + filterZeroPoint);
        const g = geometryOf({size: [4, 4], filter: [3, 3], pads: [1, 1, 1, 1]}, 5, 9);
        const zeroPoint = new Int32Array(9).fill(filterZeroPoint);
        const filter = randomFilter(random, g, {xZeroPoint, zeroPoint});
        expectOracle(kernels(), inputFor(random, g), filter, g);
      });
    }
  }

  for (const [label, x, weight, bias] of [
    ['largest', 127, 127, 33022],
    ['smallest', 127, -128, -33022],
  ] as const) {
    it(`reaches the ${label} accumulator that int32 holds`, () => {
      const g = geometryOf({size: [1, 2], filter: [1, 1]}, 33025, 3);
      const filter: FilterSpec = {
        ...randomFilter(new Random(1), g),
        values: new Int8Array(33025 * 3).fill(weight),
        zeroPoint: new Int32Array(3).fill(weight === 127 ? -128 : 127),
        bias: new Int32Array(3).fill(bias),
        xZeroPoint: -128,
        stage: {
          mantissa: Int32Array.of(2 ** 31 - 1, 2 ** 30, 1),
          negativeMantissa: Int32Array.of(2 ** 31 - 1, 2 ** 30, -(2 ** 31)),
          shift: 55,
          zeroPoint: 0,
          lo: -128,
          hi: Int8Array.of(127, 127, 127),
        },
      };
      expectOracle(kernels(), new Int8Array(33025 * 2).fill(x), filter, g);
    });
  }

  for (let shift = 1; shift <= 62; shift++) {
    it(`shift ${shift}`, () => {
      const random = new Random(shift);
      const stage = {
        ...stageFor(random, 6, 1),
        shift,
        mantissa: Int32Array.of(1, 2 ** 31 - 1, 2 ** 30, random.integer(0, 2 ** 31 - 1), 0, 3),
        negativeMantissa: Int32Array.of(-1, -(2 ** 31), 2 ** 31 - 1, -(2 ** 30), 0, 1),
        lo: -128,
        hi: new Int8Array(6).fill(127),
        zeroPoint: random.pick([-1, 0, 1]),
      };
      const bias = random.int32(6, -(2 ** 30), 2 ** 30);
      const large = randomFilter(random, POINT, {stage, bias});
      expectOracle(kernels(), inputFor(random, POINT), large, POINT);
      const small = randomFilter(random, POINT, {stage, bias: random.int32(6, -9, 9)});
      const still = new Int8Array(36).fill(small.xZeroPoint);
      expectOracle(kernels(), still, small, POINT);
    });
  }

  it('rounds halves up on both sides of zero', () => {
    const g = geometryOf({size: [1, 1], filter: [1, 1]}, 1, 8);
    const filter: FilterSpec = {
      ...randomFilter(new Random(1), g),
      values: new Int8Array(8),
      zeroPoint: new Int32Array(8),
      bias: Int32Array.of(-5, -3, -1, 0, 1, 3, 5, 7),
      xZeroPoint: 0,
      stage: {
        mantissa: new Int32Array(8).fill(2 ** 30),
        negativeMantissa: new Int32Array(8).fill(2 ** 30),
        shift: 31,
        zeroPoint: 0,
        lo: -128,
        hi: new Int8Array(8).fill(127),
      },
    };
    const y = withFilter(kernels(), kernels().packConv2D(filter), packed =>
      runOnBlocks(kernels(), [new Int8Array(1)], 8, ([x], output) =>
        kernels().conv2D(packed, g)(x, output),
      ),
    );
    expect([...y]).toEqual([-2, -1, 0, 0, 1, 2, 3, 4]);
  });

  it('clamps each channel to its own cap', () => {
    const random = new Random(5);
    const base = randomFilter(random, POINT);
    const hi = Int8Array.of(-128, -127, 0, 1, 126, 127);
    const filter = {...base, stage: {...base.stage, lo: -128, hi}};
    expectOracle(kernels(), inputFor(random, POINT), filter, POINT);
    expectOracle(
      kernels(),
      inputFor(random, POINT),
      {...filter, stage: {...filter.stage, lo: 3}},
      POINT,
    );
  });

  it('applies a table after the clamp', () => {
    const random = new Random(6);
    const base = randomFilter(random, POINT);
    const table = tableOf(q => -1 - q);
    const filter = {
      ...base,
      stage: {...base.stage, table, lo: -100, hi: new Int8Array(6).fill(99)},
    };
    expectOracle(kernels(), inputFor(random, POINT), filter, POINT);
  });

  it('keeps its own copy of what it packs', () => {
    const random = new Random(7);
    const x = inputFor(random, POINT);
    const table = tableOf(q => q);
    const stage = {...stageFor(random, 6, 9999), table};
    const filter = randomFilter(random, POINT, {stage});
    const expected = oracle.conv2D(x, filter, POINT);
    const packed = kernels().packConv2D(filter);
    const {mantissa, negativeMantissa, hi} = stage;
    const {values, zeroPoint, bias} = filter;
    for (const array of [values, zeroPoint, bias, mantissa, negativeMantissa, hi, table]) {
      array.fill(1);
    }
    const y = withFilter(kernels(), packed, same =>
      runOnBlocks(kernels(), [x], expected.length, ([block], output) =>
        kernels().conv2D(same, POINT)(block, output),
      ),
    );
    expect([...y]).toEqual([...expected]);
  });
});
