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
  if (encoding.dtype === 'uint8' && dtype === 'int32' && scale === 1 && Number.isInteger(min))
    return encodeBytes(values, min);
  const stored =
    encoding.dtype === 'uint8' ? new Uint8Array(values.length) : new Uint16Array(values.length);
  const decode = dtype === 'int32' ? Math.round : Math.fround;
  for (let i = 0; i < values.length; i++) {
    stored[i] = Math.round((values[i] - min) / scale);
    if (!Object.is(decode(stored[i] * scale + min), values[i])) return undefined;
  }
  return bytesOf(stored);
}

/** Integers of [min, min + 255], as int8 constants are, less min; undefined where there are others. */
function encodeBytes(values: ArrayLike<number>, min: number): Uint8Array | undefined {
  const stored = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const offset = values[i] - min;
    if (offset !== (offset & 255)) return undefined;
    stored[i] = offset;
  }
  return stored;
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

const float = new Float32Array(1);
const floatBits = new Uint32Array(float.buffer);

function exactHalf(value: number): number | undefined {
  float[0] = value;
  if (!Object.is(float[0], value)) return undefined;
  const [bits] = floatBits;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 112; // biased as halves are
  const fraction = bits & 0x7fffff;
  if (value === 0) return sign;
  if (exponent === 143) return fraction === 0 ? sign | 0x7c00 : undefined; // infinity, NaN
  if (exponent > 30 || exponent < -9) return undefined;
  // Subnormal halves store the leading one, and count in 2^−24.
  const [mantissa, dropped] =
    exponent > 0 ? [(exponent << 23) | fraction, 13] : [0x800000 | fraction, 14 - exponent];
  return (mantissa & ((1 << dropped) - 1)) === 0 ? sign | (mantissa >>> dropped) : undefined;
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
