import type {PoolGeometry} from '../../../backend/microkernels.js';
import {multiplierOf} from '../../../src/quant/multiplier.js';
import * as oracle from './oracle.js';
import {Random} from './random.js';
import {
  describeMicrokernel,
  geometryOf,
  runOnBlocks,
  scalarStageFor,
  WINDOWS,
  type WindowCase,
} from './tester.js';

function poolGeometry(window: WindowCase, channels: number): PoolGeometry {
  return {...geometryOf(window, channels, channels), channels};
}

function inputFor(random: Random, g: PoolGeometry) {
  return random.int8(g.batch * g.inHeight * g.inWidth * g.channels);
}

const bytesOf = (g: PoolGeometry) => g.batch * g.outHeight * g.outWidth * g.channels;

describeMicrokernel('pools', kernels => {
  WINDOWS.forEach(([label, window], seed) => {
    it(`maxPool: ${label}`, () => {
      for (const channels of [1, 3, 8, 16, 19]) {
        const random = new Random(seed * 100 + channels);
        const g = poolGeometry(window, channels);
        const x = inputFor(random, g);
        const y = runOnBlocks(kernels(), [x], bytesOf(g), ([block], output) =>
          kernels().maxPool(g)(block, output),
        );
        expect([...y]).toEqual([...oracle.maxPool(x, g)]);
      }
    });

    it(`avgPool: ${label}`, () => {
      for (const channels of [1, 3, 8, 16, 19]) {
        const random = new Random(seed * 100 + channels);
        const g = poolGeometry(window, channels);
        const x = inputFor(random, g);
        const zeroPoint = random.pick([-128, 0, 9, 127]);
        const stages = Array.from({length: g.filterHeight * g.filterWidth}, (_, i) => {
          const {mantissa, shift} = multiplierOf([1.3 / (i + 1)]);
          return {mantissa: mantissa[0], shift, zeroPoint: -4, lo: -128, hi: 127};
        });
        const y = runOnBlocks(kernels(), [x], bytesOf(g), ([block], output) =>
          kernels().avgPool(g, zeroPoint, stages)(block, output),
        );
        expect([...y]).toEqual([...oracle.avgPool(x, g, zeroPoint, stages)]);
      }
    });
  });

  it('maxPool of the smallest value beside padding', () => {
    const g = poolGeometry({size: [3, 3], filter: [3, 3], pads: [1, 1, 1, 1]}, 5);
    const x = new Int8Array(45).fill(-128);
    const y = runOnBlocks(kernels(), [x], 45, ([block], output) =>
      kernels().maxPool(g)(block, output),
    );
    expect([...y]).toEqual([...x]);
  });
});

describeMicrokernel('mean', kernels => {
  for (const outer of [1, 2, 3]) {
    for (const reduced of [1, 2, 49, 1000]) {
      for (const inner of [1, 3, 8, 17]) {
        it(`${outer} × ${reduced} × ${inner}`, () => {
          for (const zeroPoint of [-128, 0, 127]) {
            const random = new Random(outer * 1e6 + reduced * 100 + inner);
            const x = random.int8(outer * reduced * inner);
            const stage = scalarStageFor(random, reduced * 100);
            const sizes = {outer, reduced, inner};
            const y = runOnBlocks(kernels(), [x], outer * inner, ([block], output) =>
              kernels().mean(sizes, zeroPoint, stage)(block, output),
            );
            expect([...y]).toEqual([...oracle.mean(x, sizes, zeroPoint, stage)]);
          }
        });
      }
    }
  }

  it('is exact for sums near 2^31', () => {
    const sizes = {outer: 1, reduced: 8_421_504, inner: 1};
    const x = new Int8Array(sizes.reduced).fill(127);
    const stage = {mantissa: 2 ** 31 - 1, shift: 55, zeroPoint: -128, lo: -128, hi: 127};
    const y = runOnBlocks(kernels(), [x], 1, ([block], output) =>
      kernels().mean(sizes, -128, stage)(block, output),
    );
    expect([...y]).toEqual([...oracle.mean(x, sizes, -128, stage)]);
  });
});
