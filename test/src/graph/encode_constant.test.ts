import '@tensorflow/tfjs-backend-cpu';
import {io} from '@tensorflow/tfjs-core';
import {type Constant, type Encoding, int8Constant} from '../../../src/graph/constant.js';
import {encodeConstant} from '../../../src/graph/encode_constant.js';
import {Random} from '../../backend/oracle/random.js';

function float32(values: ArrayLike<number>, encoding?: Encoding): Constant {
  return {dtype: 'float32', shape: [values.length], values: Float32Array.from(values), encoding};
}

/** As tfjs reads the bytes. */
function decoded(constant: Constant): ArrayLike<number> {
  const {spec, bytes} = encodeConstant('c', constant);
  return io.decodeWeights(bytes.slice().buffer, [spec])['c'].dataSync();
}

function bits(values: ArrayLike<number>): number[] {
  return [...new Uint32Array(Float32Array.from(values).buffer)];
}

/** What converters write: stored integers times scale plus min. */
function grid(dtype: 'uint8' | 'uint16', scale: number, min: number): Constant {
  const random = new Random(4);
  const top = dtype === 'uint8' ? 255 : 65535;
  const stored = [0, top, ...Array.from({length: 500}, () => random.integer(0, top))];
  return float32(
    stored.map(q => q * scale + min),
    {dtype, scale, min},
  );
}

describe('encodeConstant', () => {
  for (const [dtype, size] of [
    ['uint8', 1],
    ['uint16', 2],
  ] as const) {
    it(`stores ${dtype} weights of a converter as ${dtype} again`, () => {
      for (const [scale, min] of [
        [0.0173, -2.21],
        [1e-6, 0],
        [3.7, -1e4],
      ]) {
        const constant = grid(dtype, scale, min);
        const {spec, bytes} = encodeConstant('c', constant);
        expect(spec).toEqual({
          name: 'c',
          shape: [502],
          dtype: 'float32',
          quantization: {dtype, scale, min},
        });
        expect(bytes.length).toBe(502 * size);
        expect(bits(decoded(constant))).toEqual(bits(constant.values as Float32Array));
      }
    });
  }

  it('stores every finite half and both infinities as float16', () => {
    const all = Array.from({length: 65536}, (_, i) => i).filter(
      i => (i & 0x7c00) !== 0x7c00 || (i & 0x3ff) === 0,
    );
    const spec = {
      name: 'c',
      shape: [all.length],
      dtype: 'float32',
      quantization: {dtype: 'float16'},
    };
    const weights = io.decodeWeights(Uint16Array.from(all).buffer, [
      spec as io.WeightsManifestEntry,
    ]);
    const values = weights['c'].dataSync();
    const {bytes} = encodeConstant('c', float32(values, {dtype: 'float16'}));
    expect([...new Uint16Array(bytes.buffer)]).toEqual(all);
  });

  it('keeps float32 where the encoding would change a value', () => {
    const cases: [number[], Encoding][] = [
      [[0.5, 0.1], {dtype: 'float16'}],
      [[65520], {dtype: 'float16'}],
      [[2 ** -25], {dtype: 'float16'}],
      [[NaN], {dtype: 'float16'}],
      [[0, 1.5], {dtype: 'uint8', scale: 1, min: 0}],
      [[0, 256], {dtype: 'uint8', scale: 1, min: 0}],
      [[-1], {dtype: 'uint16', scale: 1, min: 0}],
      [[-0], {dtype: 'uint8', scale: 1, min: 0}],
      [[Infinity], {dtype: 'uint8', scale: 1, min: 0}],
    ];
    for (const [values, encoding] of cases) {
      const {spec} = encodeConstant('c', float32(values, encoding));
      expect(spec).toEqual({name: 'c', shape: [values.length], dtype: 'float32'});
      expect(bits(decoded(float32(values, encoding)))).toEqual(bits(values));
    }
  });

  it('stores all of int8 in one byte each', () => {
    const values = Array.from({length: 256}, (_, i) => i - 128);
    const constant = int8Constant(values);
    expect(encodeConstant('c', constant).bytes.length).toBe(256);
    expect([...Array.from(decoded(constant))]).toEqual(values);
  });

  it('stores int32 that is wider as int32', () => {
    const constant = int8Constant([-129, 128, 2 ** 31 - 1]);
    expect(encodeConstant('c', constant).spec.quantization).toBeUndefined();
    expect([...Array.from(decoded(constant))]).toEqual([-129, 128, 2 ** 31 - 1]);
  });
});
