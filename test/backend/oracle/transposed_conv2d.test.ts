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
  tableOf,
  type WindowCase,
  WINDOWS,
  withFilter,
} from './tester.js';

/** The result has the case's size, the operand as many pixels as it has windows. */
function transposedGeometry(window: WindowCase, inChannels: number, outChannels: number) {
  const forward = geometryOf(window, outChannels, inChannels);
  const {inHeight, inWidth, outHeight, outWidth} = forward;
  return {
    ...forward,
    inHeight: outHeight,
    inWidth: outWidth,
    inChannels,
    outHeight: inHeight,
    outWidth: inWidth,
    outChannels,
  };
}

function randomFilter(random: Random, g: ConvGeometry, parts: Partial<FilterSpec> = {}) {
  const {filterHeight: height, filterWidth: width, inChannels, outChannels} = g;
  const taps = height * width * inChannels;
  return filterFor(random, {height, width, inChannels, outChannels, taps}, parts);
}

function expectOracle(kernels: Microkernels, x: Int8Array, filter: FilterSpec, g: ConvGeometry) {
  const bytes = g.batch * g.outHeight * g.outWidth * g.outChannels * elementBytes(filter);
  const packed = kernels.packTransposedConv2D(filter, [g.strideHeight, g.strideWidth]);
  const y = withFilter(kernels, packed, same =>
    runOnBlocks(kernels, [x], bytes, ([block], output) =>
      kernels.transposedConv2D(same, g)(block, output),
    ),
  );
  expect([...y]).toEqual([...oracle.transposedConv2D(x, filter, g)]);
}

function inputFor(random: Random, g: ConvGeometry) {
  return random.int8(g.batch * g.inHeight * g.inWidth * g.inChannels);
}

/** Upsampling as networks do it, with results larger and smaller than the operand times the stride. */
const CASES: readonly [label: string, window: WindowCase][] = [
  ['2x2, stride 2', {size: [8, 6], filter: [2, 2], strides: [2, 2]}],
  ['4x4 SAME, stride 2', {size: [8, 6], filter: [4, 4], strides: [2, 2], pads: [1, 1, 1, 1]}],
  ['3x3 SAME, stride 2', {size: [8, 6], filter: [3, 3], strides: [2, 2], pads: [0, 1, 0, 1]}],
  ['3x3 VALID, stride 2', {size: [9, 7], filter: [3, 3], strides: [2, 2]}],
  ['3x3 VALID, a row and a column more', {size: [10, 8], filter: [3, 3], strides: [2, 2]}],
  ['3x3, stride 3', {size: [9, 6], filter: [3, 3], strides: [3, 3]}],
  ['5x5 SAME, stride 3', {size: [10, 11], filter: [5, 5], strides: [3, 3], pads: [2, 2, 1, 2]}],
  ['1x1, stride 2: pixels without taps', {size: [7, 6], filter: [1, 1], strides: [2, 2]}],
  ['2x2, stride 3: pixels without taps', {size: [8, 9], filter: [2, 2], strides: [3, 3]}],
  ['strides 1 x 2', {size: [5, 8], filter: [3, 4], strides: [1, 2], pads: [1, 1, 1, 1]}],
  ['strides 3 x 1', {size: [9, 4], filter: [4, 2], strides: [3, 1], pads: [1, 2, 0, 1]}],
  ['all padding at the end', {size: [7, 7], filter: [4, 4], strides: [2, 2], pads: [0, 3, 0, 3]}],
  ['all padding in front', {size: [7, 7], filter: [4, 4], strides: [2, 2], pads: [3, 0, 3, 0]}],
  ['batch 3', {batch: 3, size: [6, 4], filter: [3, 3], strides: [2, 2], pads: [0, 1, 0, 1]}],
  ['one pixel', {size: [2, 2], filter: [2, 2], strides: [2, 2]}],
  ['a wide row', {size: [2, 90], filter: [2, 2], strides: [2, 2]}],
];

describeMicrokernel('transposedConv2D', kernels => {
  const undilated = WINDOWS.filter(([, {dilations}]) => dilations === undefined);
  [...CASES, ...undilated].forEach(([label, window], seed) => {
    it(`window: ${label}`, () => {
      const random = new Random(seed);
      for (const [inChannels, outChannels] of [
        [3, 9],
        [8, 8],
        [13, 5],
        [1, 1],
      ]) {
        const g = transposedGeometry(window, inChannels, outChannels);
        expectOracle(kernels(), inputFor(random, g), randomFilter(random, g), g);
      }
    });
  });

  it('is the same for random windows', () => {
    const random = new Random(77);
    for (let i = 0; i < 40; i++) {
      const pair = (from: number, to: number): [number, number] => [
        random.integer(from, to),
        random.integer(from, to),
      ];
      const filter = pair(1, 5);
      const pads = [filter[0], filter[0], filter[1], filter[1]].map(size =>
        random.integer(0, size - 1),
      ) as [number, number, number, number];
      const window = {size: pair(5, 12), filter, strides: pair(1, 4), pads};
      const g = transposedGeometry(window, random.integer(1, 20), random.integer(1, 20));
      expectOracle(kernels(), inputFor(random, g), randomFilter(random, g), g);
    }
  });

  it('takes rows that fill more than a block', () => {
    const random = new Random(78);
    const window: WindowCase = {
      size: [4, 160],
      filter: [4, 4],
      strides: [2, 2],
      pads: [1, 1, 1, 1],
    };
    const g = transposedGeometry(window, 130, 3);
    expectOracle(kernels(), inputFor(random, g), randomFilter(random, g), g);
  });

  const UPSAMPLED: WindowCase = {
    size: [7, 6],
    filter: [3, 3],
    strides: [2, 2],
    pads: [1, 1, 0, 1],
  };

  it('leaves sums in float32', () => {
    const random = new Random(17);
    for (const outChannels of [1, 3, 8, 9]) {
      const g = transposedGeometry(UPSAMPLED, 6, outChannels);
      const filter = randomFilter(random, g, {stage: floatStageFor(random, outChannels)});
      expectOracle(kernels(), inputFor(random, g), filter, g);
    }
  });

  it('applies a table', () => {
    const random = new Random(18);
    const g = transposedGeometry(UPSAMPLED, 6, 5);
    const filter = randomFilter(random, g);
    const table = tableOf(q => -1 - q);
    const stage = {...filter.stage, table};
    expectOracle(kernels(), inputFor(random, g), {...filter, stage}, g);
  });

  for (const xZeroPoint of [-128, 127]) {
    for (const filterZeroPoint of [-128, 0, 127]) {
      it(`zero points ${xZeroPoint} and ${filterZeroPoint}`, () => {
        const random = new Random(1000 * xZeroPoint + filterZeroPoint);
        const g = transposedGeometry(UPSAMPLED, 5, 9);
        const zeroPoint = new Int32Array(9).fill(filterZeroPoint);
        const filter = randomFilter(random, g, {xZeroPoint, zeroPoint});
        expectOracle(kernels(), inputFor(random, g), filter, g);
      });
    }
  }
});
