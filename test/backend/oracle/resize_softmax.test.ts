import type {ResizeAxis} from '../../../backend/microkernels.js';
import * as oracle from './oracle.js';
import {Random} from './random.js';
import {describeMicrokernel, runOnBlocks} from './tester.js';

function randomAxis(random: Random, inSize: number, outSize: number): ResizeAxis {
  const low = random.int32(outSize, 0, inSize - 1);
  return {
    low,
    high: low.map(at => Math.min(at + 1, inSize - 1)),
    weight: Int32Array.from(low, () =>
      random.pick([0, 1, 1024, 2047, 2048, random.integer(0, 2048)]),
    ),
  };
}

describeMicrokernel('resize', kernels => {
  for (const channels of [1, 3, 8, 17, 32]) {
    for (const [inHeight, inWidth, outHeight, outWidth] of [
      [1, 1, 3, 4],
      [4, 5, 7, 9],
      [6, 6, 3, 2],
      [2, 9, 2, 9],
    ]) {
      it(`${inHeight}×${inWidth} to ${outHeight}×${outWidth}, ${channels} channels`, () => {
        const random = new Random(channels * 1000 + outHeight);
        const sizes = {batch: 2, inHeight, inWidth, channels};
        const x = random.int8(2 * inHeight * inWidth * channels);
        const rows = randomAxis(random, inHeight, outHeight);
        const columns = randomAxis(random, inWidth, outWidth);
        const bytes = 2 * outHeight * outWidth * channels;
        const y = runOnBlocks(kernels(), [x], bytes, ([block], output) =>
          kernels().resize(sizes, rows, columns)(block, output),
        );
        expect([...y]).toEqual([...oracle.resize(x, sizes, rows, columns)]);
      });
    }
  }

  it('copies where all weights are 0', () => {
    const x = new Random(1).int8(12);
    const axis = (n: number) => ({
      low: Int32Array.from({length: n}, (_, i) => i),
      high: Int32Array.from({length: n}, (_, i) => i),
      weight: new Int32Array(n),
    });
    const sizes = {batch: 1, inHeight: 2, inWidth: 3, channels: 2};
    const y = runOnBlocks(kernels(), [x], 12, ([block], output) =>
      kernels().resize(sizes, axis(2), axis(3))(block, output),
    );
    expect([...y]).toEqual([...x]);
  });
});

/** What the passes put into a graph for operands of a scale. */
function exponentialsFor(scale: number): Int32Array {
  return Int32Array.from({length: 256}, (_, d) => Math.floor(Math.exp(-d * scale) * 2 ** 20 + 0.5));
}

describeMicrokernel('softmax', kernels => {
  const EIGHT_BITS = {levels: 256, zeroPoint: -128, hi: 127};
  const softmax = (
    x: Int8Array,
    rows: number,
    channels: number,
    exponentials: Int32Array,
    stage = EIGHT_BITS,
  ) =>
    runOnBlocks(kernels(), [x], x.length, ([block], output) =>
      kernels().softmax(rows, channels, exponentials, stage)(block, output),
    );

  for (const channels of [1, 2, 3, 8, 10, 17, 1000, 5000]) {
    for (const scale of [1e-4, 0.05, 0.3, 5]) {
      it(`${channels} channels, scale ${scale}`, () => {
        const random = new Random(channels);
        const x = random.int8(3 * channels);
        const exponentials = exponentialsFor(scale);
        for (const stage of [
          EIGHT_BITS,
          {levels: 16, zeroPoint: -8, hi: 7},
          {levels: 128, zeroPoint: 0, hi: 127},
        ]) {
          expect([...softmax(x, 3, channels, exponentials, stage)]).toEqual([
            ...oracle.softmax(x, 3, channels, exponentials, stage),
          ]);
        }
      });
    }
  }

  it('gives equal shares to equal operands', () => {
    for (const q of [-128, 0, 127]) {
      const y = softmax(new Int8Array(4).fill(q), 1, 4, exponentialsFor(0.1));
      expect([...y]).toEqual([-64, -64, -64, -64]);
    }
    const many = 70000; // Σe passes 2^36
    const y = softmax(new Int8Array(many).fill(5), 1, many, exponentialsFor(0.1));
    expect(y.findIndex(q => q !== -128)).toBe(-1);
  });

  it('saturates at 255 of 256', () => {
    expect([...softmax(Int8Array.of(127, -128), 1, 2, exponentialsFor(1))]).toEqual([127, -128]);
  });
});
