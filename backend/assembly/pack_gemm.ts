import {Filter, headerBytes} from './filter';
import {packInt16} from './pack_gemm_int16';
import {packInt8} from './pack_gemm_int8';
import {BYTES, rowBytes} from './rows';
import {GROUP} from './stage';
import {FilterSpec, StageSpec} from './structs';

export function pack_gemm_bytes(depth: i32, channels: i32): i32 {
  const groups = (channels + GROUP - 1) / GROUP;
  return headerBytes(channels) + groups * GROUP * rowBytes(depth);
}

/**
 * [K, N] int8 → groups of 8 channels, each as many bytes as eight rows of x.
 *
 * @param filter 16-byte aligned, {@link pack_gemm_bytes} long
 * @param scratch `pack_scratch_bytes` long
 */
export function pack_gemm(
  filter: Filter,
  spec: FilterSpec,
  stage: StageSpec,
  scratch: usize,
): void {
  if (BYTES) packInt8(filter, spec, stage, scratch);
  else packInt16(filter, spec, stage, scratch);
}
