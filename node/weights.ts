import type {io} from '@tensorflow/tfjs-core';

/** Bytes of one element as stored on disk; `quantization.dtype` overrides `dtype`. */
const BYTES_PER_ELEMENT: {readonly [dtype: string]: number} = {
  float32: 4,
  int32: 4,
  bool: 1,
  complex64: 8,
  float16: 2,
  uint16: 2,
  uint8: 1,
};

/** A string is stored as its length (uint32, little endian) and that many bytes. */
const STRING_LENGTH_BYTES = 4;

/** One weight file: where it is (path or URL) and what it holds. */
export interface Shard {
  location: string;
  bytes: Uint8Array;
}

/**
 * Bytes that the weights of `specs` occupy in `data`, back to back.
 *
 * Only strings need `data`, because each carries its own length. Where `data` ends too early for
 * that, the result is larger than `data.length`.
 *
 * @throws Error on a dtype that tfjs cannot store
 */
export function storedBytes(specs: readonly io.WeightsManifestEntry[], data: Uint8Array): number {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let offset = 0;
  for (const spec of specs) {
    const elements = spec.shape.reduce((product, size) => product * size, 1);
    offset =
      spec.dtype === 'string'
        ? endOfStrings(view, offset, elements)
        : offset + elements * bytesPerElement(spec);
  }
  return offset;
}

function bytesPerElement(spec: io.WeightsManifestEntry): number {
  const dtype = spec.quantization?.dtype ?? spec.dtype;
  const bytes = BYTES_PER_ELEMENT[dtype];
  if (bytes === undefined) throw new Error(`weight '${spec.name}' has unknown dtype '${dtype}'`);
  return bytes;
}

function endOfStrings(view: DataView, start: number, count: number): number {
  let offset = start;
  for (let i = 0; i < count; i++) {
    const begin = offset + STRING_LENGTH_BYTES;
    if (begin > view.byteLength) return begin;
    offset = begin + view.getUint32(offset, true);
  }
  return offset;
}

/** The parts laid end to end, in an ArrayBuffer of exactly their size. */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Converters cut the weights of a group into files of this size, the last one smaller; so do we. */
export const SHARD_BYTES = 4 * 1024 * 1024;

/**
 * Check one weight group: its files together hold what its specs need.
 *
 * @throws Error that names the file which is too short or too long
 */
export function checkGroup(
  specs: readonly io.WeightsManifestEntry[],
  shards: readonly Shard[],
  data: Uint8Array,
): void {
  const needed = storedBytes(specs, data);
  if (needed === data.length) return;
  const {shard, expected} = findWrongShard(shards, needed);
  throw new Error(
    `weight file '${shard.location}' has ${shard.bytes.length} bytes, expected ${expected}: ` +
      `it is ${shard.bytes.length < expected ? 'truncated' : 'not the file that model.json describes'}; fetch it again`,
  );
}

/** All files of a group but the last have one size: the first to differ from it is the wrong one. */
function findWrongShard(shards: readonly Shard[], needed: number) {
  const last = shards.length - 1;
  const largest = Math.max(...shards.map(({bytes}) => bytes.length));
  const usual = Math.ceil(needed / SHARD_BYTES) === shards.length;
  const size = usual ? SHARD_BYTES : largest;
  for (const [i, shard] of shards.entries()) {
    const expected = i < last ? size : needed - last * size;
    if (shard.bytes.length !== expected) return {shard, expected};
  }
  throw new Error(`the weights need ${needed} bytes, but model.json lists no file for them`);
}
