import * as oracle from './oracle.js';
import {Random} from './random.js';
import {describeMicrokernel, runOnBlocks, tableOf} from './tester.js';

const SPECIAL = [
  0,
  -0,
  NaN,
  Infinity,
  -Infinity,
  3.4028234663852886e38,
  -3.4028234663852886e38,
  1e-45,
  -1e-45,
  0.5,
  -0.5,
  1.5,
  -1.5,
  2.5,
  -2.5,
  0.49999997,
  -0.49999997,
  126.5,
  127.5,
  -127.5,
  -128.5,
  -129,
  2147483648,
  -2147483648,
  4294967296,
  1e10,
  -1e10,
  8388607.5,
  16777216,
];

describeMicrokernel('quantize', kernels => {
  const quantize = (x: Float32Array, stage: Parameters<typeof oracle.quantized>[1]) =>
    runOnBlocks(kernels(), [], x.length, (_, output) =>
      kernels().quantize(x.length, stage)(x, output),
    );

  it('rounds halves up, saturates, and takes NaN for zero', () => {
    const x = Float32Array.of(0.5, -0.5, 1.5, -1.5, 0.49999997, NaN, Infinity, -Infinity, 1e30);
    const y = quantize(x, {inverseScale: 1, zeroPoint: 10, lo: -128, hi: 127});
    // fround(0.49999997 + 0.5) is 1: float32 has no number between.
    expect([...y]).toEqual([11, 10, 12, 9, 11, 10, 127, -128, 127]);
  });

  for (const scale of [1, 0.1, 1 / 255, 3.7, 1e-30, 1e30]) {
    for (const [zeroPoint, lo, hi] of [
      [0, -128, 127],
      [-128, -128, 127],
      [127, -128, 127],
      [3, 3, 60],
    ]) {
      it(`scale ${scale}, zero point ${zeroPoint}, [${lo}, ${hi}]`, () => {
        const random = new Random(zeroPoint + 200);
        const inverseScale = Math.fround(1 / Math.fround(scale));
        const wide = Array.from({length: 997}, () => (random.next() - 0.5) * 600 * scale);
        const ties = Array.from({length: 300}, (_, i) => (i - 150 + 0.5) * scale);
        const x = Float32Array.from([...SPECIAL, ...SPECIAL.map(v => v * scale), ...ties, ...wide]);
        const stage = {inverseScale, zeroPoint, lo, hi};
        expect([...quantize(x, stage)]).toEqual([...x].map(v => oracle.quantized(v, stage)));
      });
    }
  }

  for (const length of [0, 1, 3, 4, 5, 15, 16, 17, 63]) {
    it(`${length} elements`, () => {
      const x = Float32Array.from({length}, (_, i) => i * 1.3 - 20);
      const stage = {inverseScale: 1, zeroPoint: 0, lo: -128, hi: 127};
      expect([...quantize(x, stage)]).toEqual([...x].map(v => oracle.quantized(v, stage)));
    });
  }
});

describeMicrokernel('dequantize', kernels => {
  for (const scale of [1, 0.1, 1e-38, 1e36, 1 / 3]) {
    for (const zeroPoint of [-128, 0, 5, 127]) {
      it(`scale ${scale}, zero point ${zeroPoint}`, () => {
        const x = tableOf(q => q);
        const y = new Float32Array(256);
        runOnBlocks(kernels(), [x], 0, ([block]) =>
          kernels().dequantize(y.length, {scale: Math.fround(scale), zeroPoint})(block, y),
        );
        const exact = [...x].map(q => Math.fround(Math.fround(scale) * (q - zeroPoint)));
        expect([...y].map(v => v + 0)).toEqual(exact.map(v => v + 0));
      });
    }
  }

  for (const length of [0, 1, 3, 4, 7, 17, 33]) {
    it(`${length} elements`, () => {
      const x = new Random(length).int8(length);
      const y = new Float32Array(length);
      runOnBlocks(kernels(), [x], 0, ([block]) =>
        kernels().dequantize(y.length, {scale: 0.25, zeroPoint: 7})(block, y),
      );
      expect([...y]).toEqual([...x].map(q => 0.25 * (q - 7)));
    });
  }
});

describeMicrokernel('lookup', kernels => {
  for (const length of [0, 1, 7, 15, 16, 17, 255, 1000]) {
    it(`${length} elements`, () => {
      const random = new Random(length);
      const x = random.int8(length);
      const table = random.int8(256);
      const y = runOnBlocks(kernels(), [x, table], length, ([block, map], output) =>
        kernels().lookup(output.bytes)(block, map, output),
      );
      expect([...y]).toEqual([...x].map(q => table[q + 128]));
    });
  }

  it('reaches every entry', () => {
    const x = tableOf(q => q);
    const table = tableOf(q => -1 - q);
    const y = runOnBlocks(kernels(), [x, table], 256, ([block, map], output) =>
      kernels().lookup(output.bytes)(block, map, output),
    );
    expect([...y]).toEqual([...x].map(q => -1 - q));
  });
});
