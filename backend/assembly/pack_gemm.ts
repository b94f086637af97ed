import {Filter, headerBytes} from './filter';
import {groupBytesInt16, packInt16} from './pack_gemm_int16';
import {groupBytesInt8, packInt8} from './pack_gemm_int8';
import {BYTES} from './rows';
import {GROUP} from './stage';
import {FilterSpec, StageSpec} from './structs';

export function pack_gemm_bytes(depth: i32, channels: i32): i32 {
  const groups = (channels + GROUP - 1) / GROUP;
  return headerBytes(channels) + groups * (BYTES ? groupBytesInt8(depth) : groupBytesInt16(depth));
}

/**
 * [K, N] int8 → groups of 8 channels.
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
