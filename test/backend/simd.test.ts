import type {ConvGeometry, FilterSpec, Microkernels} from '../../backend/microkernels.js';
import {reference} from '../../backend/reference/index.js';
import type {EmbeddedBinary} from '../../backend/simd_module.js';
import {requireSimd, simdBinaries} from './oracle/implementations.js';
import {Random} from './oracle/random.js';
import {filterFor, geometryOf, runOnBlocks, type WindowCase, withFilter} from './oracle/tester.js';

/** Where the vector loops have seams that small cases do not reach: tiles, blocks of rows, paths by shift. */
for (const [name, binary] of simdBinaries) {
  describe(`${name} equals the reference`, () => describeSeams(binary));
}

function describeSeams(binary?: () => Promise<EmbeddedBinary>): void {
  let implementations: Microkernels[];

  beforeAll(async () => {
    implementations = [requireSimd(await binary?.()), reference()];
  });

  function expectSame(run: (kernels: Microkernels) => Int8Array) {
    const [ours, theirs] = implementations.map(run);
    const at = ours.findIndex((q, i) => q !== theirs[i]);
    expect(ours.length).toBe(theirs.length);
    expect(at < 0 ? 'same' : `${ours[at]} for ${theirs[at]} at ${at}`).toBe('same');
  }

  function expectSameMatMul(random: Random, rows: number, filter: FilterSpec) {
    const x = random.int8(rows * filter.inChannels);
    expectSame(kernels =>
      withFilter(kernels, kernels.packConv2D(filter), packed =>
        runOnBlocks(kernels, [x], rows * filter.outChannels, ([block], y) =>
          kernels.matMul(packed, rows)(block, y),
        ),
      ),
    );
  }

  function matrixFor(random: Random, depth: number, channels: number, parts = {}): FilterSpec {
    const sizes = {height: 1, width: 1, inChannels: depth, outChannels: channels, taps: depth};
    return filterFor(random, sizes, parts);
  }

  for (const rows of [1, 3, 4, 5, 6, 7, 11, 12, 13]) {
    it(`in all tiles of ${rows} rows`, () => {
      const random = new Random(rows);
      for (const depth of [1, 7, 8, 9, 12, 31, 33]) {
        for (const channels of [1, 5, 8, 9, 15, 24]) {
          expectSameMatMul(random, rows, matrixFor(random, depth, channels));
        }
      }
    });
  }

  const blocks: [string, number, number, number][] = [
    ['shallow rows', 4099, 8, 3],
    ['rows that need padding', 4101, 3, 9],
    ['deep rows', 67, 4001, 8],
  ];
  for (const [label, rows, depth, channels] of blocks) {
    it(`over several blocks of ${label}`, () => {
      const random = new Random(depth);
      expectSameMatMul(random, rows, matrixFor(random, depth, channels));
    });
  }

  it('at the bound of the accumulator', () => {
    const depth = 33_000;
    for (const x of [-128, 127]) {
      for (const w of [-128, 127]) {
        const random = new Random(x + w);
        const filter = matrixFor(random, depth, 9, {
          values: new Int8Array(depth * 9).fill(w),
          zeroPoint: new Int32Array(9).fill(-1 - w),
          xZeroPoint: -1 - x,
          bias: random.int32(9, -1_500_000, 1_500_000),
        });
        expectSame(kernels =>
          withFilter(kernels, kernels.packConv2D(filter), packed =>
            runOnBlocks(kernels, [new Int8Array(depth).fill(x)], 9, ([block], y) =>
              kernels.matMul(packed, 1)(block, y),
            ),
          ),
        );
      }
    }
  });

  const windows: [string, ConvGeometry][] = [
    [
      '3x3 stride 2',
      geometryOf(
        {batch: 2, size: [65, 71], filter: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1]},
        3,
        5,
      ),
    ],
    [
      '3x3 dilated',
      geometryOf({size: [40, 41], filter: [3, 3], dilations: [2, 3], pads: [2, 2, 3, 3]}, 5, 9),
    ],
    ['5x1', geometryOf({batch: 3, size: [30, 40], filter: [5, 1], pads: [2, 2, 0, 0]}, 17, 3)],
  ];
  for (const [label, geometry] of windows) {
    it(`over several blocks of windows, ${label}`, () => {
      const random = new Random(label.length);
      const {filterHeight: height, filterWidth: width, inChannels, outChannels} = geometry;
      const taps = height * width * inChannels;
      const filter = filterFor(random, {height, width, inChannels, outChannels, taps});
      const pixels = geometry.batch * geometry.outHeight * geometry.outWidth;
      const x = random.int8(geometry.batch * geometry.inHeight * geometry.inWidth * inChannels);
      expectSame(kernels =>
        withFilter(kernels, kernels.packConv2D(filter), packed =>
          runOnBlocks(kernels, [x], pixels * outChannels, ([block], y) =>
            kernels.conv2D(packed, geometry)(block, y),
          ),
        ),
      );
    });
  }

  for (const stride of [1, 2, 3]) {
    it(`for depthwise weights at the ends of their range, stride ${stride}`, () => {
      const window: WindowCase = {
        size: [7, 12],
        filter: [3, 3],
        strides: [stride, stride],
        pads: [1, 1, 1, 1],
      };
      const channels = 19;
      const geometry = geometryOf(window, channels, channels);
      const random = new Random(stride);
      const pixels = geometry.outHeight * geometry.outWidth;
      const sizes = {height: 3, width: 3, inChannels: channels, outChannels: channels, taps: 9};
      for (const zeroPoint of [-128, -127, -1, 0, 1, 127]) {
        const filter = filterFor(random, sizes, {
          values: Int8Array.from({length: 9 * channels}, () => random.pick([-128, -3, 126, 127])),
          zeroPoint: new Int32Array(channels).fill(zeroPoint),
        });
        const x = Int8Array.from({length: 7 * 12 * channels}, () => random.pick([-128, 0, 127]));
        expectSame(kernels =>
          withFilter(kernels, kernels.packDepthwise(filter), packed =>
            runOnBlocks(kernels, [x], pixels * channels, ([block], y) =>
              kernels.depthwiseConv2D(packed, geometry)(block, y),
            ),
          ),
        );
      }
    });
  }

  for (const sides of ['one mantissa', 'a mantissa for each sign']) {
    it(`for every shift, ${sides}, over all of int32`, () => {
      const random = new Random(sides.length);
      for (let shift = 1; shift <= 62; shift++) {
        const channels = 120;
        const mantissa = mantissas(random, channels);
        const filter = matrixFor(random, 1, channels, {
          xZeroPoint: 5,
          bias: accumulators(random, channels, shift),
          stage: {
            mantissa,
            negativeMantissa: sides === 'one mantissa' ? mantissa : mantissas(random, channels),
            shift,
            zeroPoint: random.pick([-128, 0, 127]),
            lo: random.pick([-128, -30]),
            hi: Int8Array.from(random.int32(channels, 0, 127)),
          },
        });
        const x = Int8Array.of(5, 5, 5, 5, 5); // real 0: the accumulator is the bias
        expectSame(kernels =>
          withFilter(kernels, kernels.packConv2D(filter), packed =>
            runOnBlocks(kernels, [x], x.length * channels, ([block], y) =>
              kernels.matMul(packed, x.length)(block, y),
            ),
          ),
        );
      }
    });
  }

  it('for a tie that only the lowest accumulator reaches', () => {
    const filter = matrixFor(new Random(1), 1, 1, {
      xZeroPoint: 0,
      bias: Int32Array.of(-(2 ** 31)),
      stage: {
        mantissa: Int32Array.of(1),
        negativeMantissa: Int32Array.of(-(2 ** 30)), // 2^61 / 2^62: rounds up to 1
        shift: 62,
        zeroPoint: 0,
        lo: -128,
        hi: Int8Array.of(127),
      },
    });
    expectSameMatMul(new Random(1), 1, {
      ...filter,
      values: Int8Array.of(0),
      zeroPoint: Int32Array.of(0),
    });
  });

  /** Of any size and sign, 0 and both ends of int32 among them. */
  function mantissas(random: Random, count: number): Int32Array {
    return Int32Array.from({length: count}, () => {
      const reach = 2 ** random.integer(0, 31);
      return random.pick([
        random.integer(-reach, reach - 1),
        0,
        -(2 ** 30),
        2 ** 31 - 1,
        -(2 ** 31),
      ]);
    });
  }

  /** As {@link mantissas}, and some whose product with a large mantissa falls upon the int8 grid. */
  function accumulators(random: Random, count: number, shift: number): Int32Array {
    const reach = Math.min(2 ** Math.max(shift - 23, 0), 2 ** 31);
    const near = random.int32(count, -reach, reach - 1);
    return mantissas(random, count).map((any, i) => (i % 2 === 0 ? any : near[i]));
  }
}
