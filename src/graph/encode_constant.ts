import type {io} from '@tensorflow/tfjs-core';
import type {Constant, Encoding} from './constant.js';

export interface EncodedConstant {
  readonly spec: io.WeightsManifestEntry;
  readonly bytes: Uint8Array;
}

/**
 * A constant as the tfjs weight format stores it.
 *
 * The encoding that the constant asks for is used only if decoding gives back every value bit for
 * bit; otherwise the values are stored as they are.
 */
export function encodeConstant(name: string, constant: Constant): EncodedConstant {
  const {dtype, shape} = constant;
  const plain = {name, shape: [...shape], dtype};
  if (dtype === 'string') return {spec: plain, bytes: lengthPrefixed(constant.values)};
  const {values, encoding} = constant;
  if (encoding !== undefined && (dtype === 'float32' || dtype === 'int32')) {
    const bytes = encodeExactly(values, encoding, dtype);
    if (bytes !== undefined) return {spec: {...plain, quantization: {...encoding}}, bytes};
  }
  return {spec: plain, bytes: bytesOf(values)};
}

function encodeExactly(
  values: Float32Array | Int32Array | Uint8Array,
  encoding: Encoding,
  dtype: 'float32' | 'int32',
): Uint8Array | undefined {
  if (encoding.dtype === 'float16') return encodeHalf(values);
  const {scale = 1, min = 0} = encoding;
  const stored =
    encoding.dtype === 'uint8' ? new Uint8Array(values.length) : new Uint16Array(values.length);
  const decode = dtype === 'int32' ? Math.round : Math.fround;
  for (let i = 0; i < values.length; i++) {
    stored[i] = Math.round((values[i] - min) / scale);
    if (!Object.is(decode(stored[i] * scale + min), values[i])) return undefined;
  }
  return bytesOf(stored);
}

/** IEEE 754 binary16 of values that it can hold exactly, else undefined. */
function encodeHalf(values: ArrayLike<number>): Uint8Array | undefined {
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const half = exactHalf(values[i]);
    if (half === undefined) return undefined;
    halves[i] = half;
  }
  return bytesOf(halves);
}

function exactHalf(value: number): number | undefined {
  const sign = Object.is(value, -0) || value < 0 ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (magnitude === Infinity) return sign | 0x7c00;
  let exponent = 0; // magnitude = mantissa · 2^(exponent − 24), mantissa an integer below 2^11
  while (magnitude >= 2 ** (exponent - 13)) if (++exponent === 30) return undefined;
  const mantissa = magnitude * 2 ** (24 - exponent);
  if (!Number.isInteger(mantissa) || mantissa >= 2048) return undefined;
  // Normal numbers have a leading one that is not stored; subnormal ones have exponent 0.
  return sign | (mantissa < 1024 ? mantissa : (exponent << 10) + mantissa);
}

function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Each string's length as uint32, then its bytes. */
function lengthPrefixed(strings: readonly Uint8Array[]): Uint8Array {
  const total = strings.reduce((sum, text) => sum + 4 + text.length, 0);
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const text of strings) {
    view.setUint32(offset, text.length, true);
    bytes.set(text, offset + 4);
    offset += 4 + text.length;
  }
  return bytes;
}
