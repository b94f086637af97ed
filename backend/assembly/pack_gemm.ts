import {Filter, headerBytes, packHeader, weightAt} from './filter';
import {GROUP} from './stage';
import {FilterSpec, StageSpec} from './structs';

/** The loop of `gemm.ts` takes 8 k at a time. */
const DEPTH_UNIT = 8;

function paddedDepth(depth: i32): i32 {
  return (depth + DEPTH_UNIT - 1) & ~(DEPTH_UNIT - 1);
}

/** Bytes of one group of 8 output channels: [depth / 2][8][2] int16. */
function groupBytes(depth: i32): i32 {
  return paddedDepth(depth) * GROUP * 2;
}

export function pack_gemm_bytes(depth: i32, channels: i32): i32 {
  return headerBytes(channels) + ((channels + GROUP - 1) / GROUP) * groupBytes(depth);
}

/**
 * [K, N] int8 → [N / 8][K / 2][8][2] int16, zero points subtracted and padded with zeros: what two `dot` of eight
 * channels take is 32 bytes in a row, and x may hold anything where k ≥ K.
 *
 * @param filter 16-byte aligned, {@link pack_gemm_bytes} long
 */
export function pack_gemm(filter: Filter, spec: FilterSpec, stage: StageSpec): void {
  packHeader(filter, spec, stage, spec.bias);
  filter.depth = paddedDepth(spec.depth);
  const bytes = groupBytes(spec.depth);
  const groups = (spec.channels + GROUP - 1) / GROUP;
  memory.fill(filter.weights, 0, groups * bytes);
  for (let k = 0; k < spec.depth; k++) {
    const row = filter.weights + (k >> 1) * (GROUP * 4) + (k & 1) * 2;
    for (let c = 0; c < spec.channels; c++) {
      store<i16>(row + (c / GROUP) * bytes + (c % GROUP) * 4, weightAt(spec, k, c));
    }
  }
}
