import {factorsAt, Filter, packHeader} from './filter';
import {Lanes} from './lanes';
import {paddedDepth} from './rows';
import {LARGEST_FACTOR} from './single';
import {GROUP} from './stage';
import {FilterSpec, StageSpec} from './structs';

/** Two k of a group: [8][2] int8. */
export const PAIR_BYTES: i32 = GROUP * 2;

/** Behind the pairs of a group: their zero points, then the factors of the stage, each [8][2] int16. */
export const SCALING_BYTES: i32 = 4 * 16;

/** Bytes of a group of 8 channels. */
export function groupBytesInt16(depth: i32): i32 {
  return paddedDepth(depth) * GROUP + SCALING_BYTES;
}

/**
 * [K, N] int8 → [N / 8]([K / 2][8][2] int8, {@link SCALING_BYTES}): half of what int16 would take, in memory and whenever
 * all of it passes through the caches; `gemm_int16.ts` widens it. Where k ≥ K there is the zero point, so that x may hold
 * anything there; where c ≥ N there is anything, since no output comes of it.
 */
export function packInt16(
  filter: Filter,
  spec: FilterSpec,
  stage: StageSpec,
  scratch: usize,
): void {
  packHeader(filter, spec, stage, spec.bias, scratch, LARGEST_FACTOR);
  filter.depth = paddedDepth(spec.depth);
  filter.weightBytes = 1;
  filter.run = 2;
  filter.groupBytes = groupBytesInt16(spec.depth);
  for (let c = 0; c < spec.channels; c += GROUP) {
    packGroup(filter, spec, c, filter.weights + (c / GROUP) * filter.groupBytes);
  }
}

function packGroup(filter: Filter, spec: FilterSpec, c: i32, w: usize): void {
  const at = spec.zeroPoint + (c << 2);
  const zero = i16x8.narrow_i32x4_s(v128.load(at), v128.load(at, 16));
  for (let k = 0; k < filter.depth; k += 2, w += PAIR_BYTES) {
    const even = bytesAt(spec, k, c, zero);
    v128.store(w, Lanes.interleave(even, bytesAt(spec, k + 1, c, zero)));
  }
  storePairs(w, zero);
  storePairs(w + 32, factorsAt(filter, c));
}

/** Weights k of channels c … c + 7, and what follows them; for k ≥ K zero points. */
function bytesAt(spec: FilterSpec, k: i32, c: i32, zero: v128): v128 {
  if (k >= spec.depth) return i8x16.narrow_i16x8_s(zero, zero);
  return v128.load64_zero(spec.values + k * spec.channels + c);
}

/** Each of eight int16 twice. */
function storePairs(at: usize, v: v128): void {
  v128.store(at, i16x8.shuffle(v, v, 0, 0, 1, 1, 2, 2, 3, 3));
  v128.store(at, i16x8.shuffle(v, v, 4, 4, 5, 5, 6, 6, 7, 7), 16);
}
