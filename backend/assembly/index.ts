/**
 * The exports of the WASM binary. Kernels take addresses; all of them read whole vectors, up to 64 bytes past a block.
 *
 * Several threads have an instance each, on one memory: no globals that change, and no static data but constants.
 */
export {add, add_scratch_bytes} from './add';
export {avg_pool, avg_pool_scratch_bytes} from './avg_pool';
export {conv2d, conv2d_scratch_bytes} from './conv2d';
export {depthwise, depthwise_scratch_bytes} from './depthwise';
export {dequantize} from './dequantize';
export {lookup} from './lookup';
export {max_pool, max_pool_scratch_bytes} from './max_pool';
export {gemm_scratch_bytes, matmul} from './matmul';
export {maximum} from './maximum';
export {mean, mean_scratch_bytes} from './mean';
export {minimum} from './minimum';
export {mul, mul_scratch_bytes} from './mul';
export {pack_depthwise, pack_depthwise_bytes} from './pack_depthwise';
export {pack_gemm, pack_gemm_bytes} from './pack_gemm';
export {prelu, prelu_scratch_bytes} from './prelu';
export {quantize} from './quantize';
export {resize} from './resize';
export {softmax} from './softmax';

/** Where free memory begins. */
export function heap_base(): usize {
  return __heap_base;
}
