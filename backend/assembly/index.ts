/**
 * The exports of the WASM binary. Kernels take addresses; all of them read whole vectors, up to 64 bytes past a block.
 *
 * Several threads have an instance each, on one memory: no globals that change, and no static data but constants.
 */
import {TILE_ROWS} from './gemm';

export {pack_scratch_bytes} from './filter';
export {errors, grid_errors} from './errors';
export {float_add, float_maximum, float_minimum} from './float_limits';
export {add_masked, add_rows, mask_above} from './live_rows';
export {moments} from './moments';
export {pack_depthwise, pack_depthwise_bytes} from './pack_depthwise';
export {pack_gemm, pack_gemm_bytes} from './pack_gemm';
export {pack_prelu, pack_prelu_bytes} from './prelu';
export {run, scratch_bytes} from './run';
export {unpack_filter} from './unpack';

/** Where free memory begins. */
export function heap_base(): usize {
  return __heap_base;
}

/** A part of a matrix product had best be a multiple of so many rows. */
export function tile_rows(): i32 {
  return TILE_ROWS;
}
