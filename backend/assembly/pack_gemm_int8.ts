import {Filter, hasZeroPoints, packHeader} from './filter';
import {Lanes, readsUnsigned} from './lanes';
import {paddedDepth} from './rows';
import {GROUP, laneOf, StageGroup} from './stage';
import {FilterSpec, StageSpec} from './structs';

/** Four k of a group: [8][4] int8. */
const QUAD_BYTES: i32 = GROUP * 4;

/** Bytes of a group of 8 channels. */
export function groupBytesInt8(depth: i32): i32 {
  return paddedDepth(depth) * GROUP + QUAD_BYTES;
}

/**
 * [K, N] int8 → for each group of 8 channels [K / 4][8][4] int8, and behind it their zero points, [8][2] int16 of
 * (z, 256 z). Where k ≥ K there is 0, where c ≥ N anything, as in `pack_gemm_int16.ts`.
 *
 * With x' = x + flip what the dot product reads, and n = −Σx from behind the row:
 *
 *   Σ (w − z)(x − zx) = Σ w x' + z n − (flip + zx) Σ w + K z zx
 *
 * The last two terms move into the bias. Sums are modulo 2^32, and the final one fits.
 */
export function packInt8(filter: Filter, spec: FilterSpec, stage: StageSpec, scratch: usize): void {
  packHeader(filter, spec, stage, spec.bias, scratch, 1);
  filter.depth = paddedDepth(spec.depth);
  filter.weightBytes = 1;
  filter.run = 4;
  filter.groupBytes = groupBytesInt8(spec.depth);
  filter.flip = readsUnsigned(filter.weights) ? 128 : 0;
  filter.takesSums = hasZeroPoints(spec);
  let w = filter.weights;
  for (let c = 0; c < spec.channels; c += GROUP) {
    packGroup(filter, spec, c, w);
    w += filter.groupBytes;
  }
}

function packGroup(filter: Filter, spec: FilterSpec, c: i32, w: usize): void {
  const ones = i8x16.splat(1);
  let sum0 = i32x4.splat(0);
  let sum1 = sum0;
  for (let k = 0; k < filter.depth; k += 4, w += QUAD_BYTES) {
    const k01 = Lanes.interleave(bytesAt(spec, k, c), bytesAt(spec, k + 1, c));
    const k23 = Lanes.interleave(bytesAt(spec, k + 2, c), bytesAt(spec, k + 3, c));
    const w0 = i16x8.shuffle(k01, k23, 0, 8, 1, 9, 2, 10, 3, 11);
    const w1 = i16x8.shuffle(k01, k23, 4, 12, 5, 13, 6, 14, 7, 15);
    v128.store(w, w0);
    v128.store(w, w1, 16);
    sum0 = Lanes.dotBytes(sum0, ones, w0);
    sum1 = Lanes.dotBytes(sum1, ones, w1);
  }
  const zeros = spec.zeroPoint + (c << 2);
  const z0 = v128.load(zeros);
  const z1 = v128.load(zeros, 16);
  v128.store(w, zeroPairs(z0));
  v128.store(w, zeroPairs(z1), 16);
  const group = changetype<StageGroup>(laneOf(filter.stage, c));
  group.bias0 = i32x4.add(group.bias0, correction(filter, spec, sum0, z0));
  group.bias1 = i32x4.add(group.bias1, correction(filter, spec, sum1, z1));
}

/** (z, 256 z) */
function zeroPairs(z: v128): v128 {
  return v128.or(v128.and(z, i32x4.splat(0xffff)), i32x4.shl(z, 24));
}

/** K z zx − (flip + zx) Σ w */
function correction(filter: Filter, spec: FilterSpec, sum: v128, z: v128): v128 {
  return i32x4.sub(
    i32x4.mul(z, i32x4.splat(spec.depth * spec.xZeroPoint)),
    i32x4.mul(sum, i32x4.splat(filter.flip + spec.xZeroPoint)),
  );
}

/** Weights k of channels c … c + 7, and what follows them. */
function bytesAt(spec: FilterSpec, k: i32, c: i32): v128 {
  if (k >= spec.depth) return i8x16.splat(0);
  return v128.load64_zero(spec.values + k * spec.channels + c);
}
