import type {FilterSpec} from '../../../backend/microkernels.js';
import {Random} from './random.js';
import {describeMicrokernel, filterFor, floatStageFor, withFilter} from './tester.js';

/** Taps and channels on both sides of what is packed together: 2 or 8 taps, 8 channels. */
const SIZES: readonly [height: number, width: number, inChannels: number, outChannels: number][] = [
  [1, 1, 1, 1],
  [1, 1, 8, 8],
  [1, 1, 9, 7],
  [1, 1, 64, 17],
  [3, 3, 1, 16],
  [3, 3, 5, 9],
  [5, 5, 3, 24],
  [2, 7, 1, 33],
];

const TRIES = 20;

/** Filters whose requantization takes each of its paths: some paths multiply weights. */
function variations(random: Random, sizes: Parameters<typeof filterFor>[1]): FilterSpec[] {
  const symmetric = {
    zeroPoint: new Int32Array(sizes.outChannels),
    bias: new Int32Array(sizes.outChannels),
  };
  return [
    ...Array.from({length: TRIES}, () => filterFor(random, sizes)),
    filterFor(random, sizes, symmetric),
    filterFor(random, sizes, {stage: floatStageFor(random, sizes.outChannels)}),
    filterFor(random, sizes, {zeroPoint: random.int32(sizes.outChannels, -128, 127)}),
  ];
}

describeMicrokernel('filterValues', kernels => {
  for (const [height, width, inChannels, outChannels] of SIZES) {
    const label = [height, width, inChannels, outChannels].join(' x ');
    const taps = height * width;

    it(`are those packed for convolution: ${label}`, () => {
      const sizes = {height, width, inChannels, outChannels, taps: taps * inChannels};
      for (const filter of variations(new Random(taps), sizes)) {
        const values = withFilter(kernels(), kernels().packConv2D(filter), packed =>
          kernels().filterValues(packed),
        );
        expect(values).toEqual(filter.values);
      }
    });

    it(`are those packed for depthwise convolution: ${label}`, () => {
      const sizes = {height, width, inChannels: outChannels, outChannels, taps};
      for (const filter of variations(new Random(taps), sizes)) {
        const isFloat = 'scale' in filter.stage;
        if (isFloat) continue;
        const values = withFilter(kernels(), kernels().packDepthwise(filter), packed =>
          kernels().filterValues(packed),
        );
        expect(values).toEqual(filter.values);
      }
    });
  }

  for (const strides of [
    [1, 1],
    [2, 2],
    [3, 1],
    [2, 4],
  ] as const) {
    it(`are those packed for transposed convolution: strides ${strides.join(' x ')}`, () => {
      for (const [height, width, inChannels, outChannels] of SIZES) {
        const taps = height * width * inChannels;
        const filter = filterFor(new Random(taps), {height, width, inChannels, outChannels, taps});
        const packed = kernels().packTransposedConv2D(filter, strides);
        const values = withFilter(kernels(), packed, () => kernels().filterValues(packed));
        expect(values).toEqual(filter.values);
      }
    });
  }

  it('are not there of PReLU', () => {
    const mantissa = Int32Array.of(1 << 30);
    const stage = {
      mantissa,
      negativeMantissa: mantissa,
      shift: 31,
      zeroPoint: 0,
      lo: -128,
      hi: Int8Array.of(127),
    };
    withFilter(kernels(), kernels().packPRelu(stage), packed => {
      expect(() => kernels().filterValues(packed)).toThrowError();
    });
  });
});
