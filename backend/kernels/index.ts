import type {KernelConfig} from '@tensorflow/tfjs-core';
import {addConfig, subConfig} from './add_sub.js';
import {avgPoolConfig} from './avg_pool.js';
import {batchToSpaceNDConfig} from './batch_to_space_nd.js';
import {castConfig} from './cast.js';
import {concatConfig} from './concat.js';
import {conv2DConfig} from './conv2d.js';
import {depthToSpaceConfig} from './depth_to_space.js';
import {depthwiseConv2DConfig} from './depthwise_conv2d.js';
import {dequantizeConfig} from './dequantize.js';
import {expandDimsConfig} from './expand_dims.js';
import {gatherV2Config} from './gather_v2.js';
import {identityConfig} from './identity.js';
import {lookupConfig} from './lookup.js';
import {matMulConfig} from './matmul.js';
import {maximumConfig, minimumConfig} from './maximum_minimum.js';
import {maxPoolConfig} from './max_pool.js';
import {meanConfig} from './mean.js';
import {mirrorPadConfig} from './mirror_pad.js';
import {mulConfig} from './mul.js';
import {packConfig} from './pack.js';
import {padV2Config} from './pad_v2.js';
import {preluConfig} from './prelu.js';
import {quantizeConfig} from './quantize.js';
import {reshapeConfig} from './reshape.js';
import {resizeBilinearConfig, resizeNearestConfig} from './resize.js';
import {reverseConfig} from './reverse.js';
import {sliceConfig} from './slice.js';
import {softmaxConfig} from './softmax.js';
import {spaceToBatchNDConfig} from './space_to_batch_nd.js';
import {splitVConfig} from './split_v.js';
import {stridedSliceConfig} from './strided_slice.js';
import {tileConfig} from './tile.js';
import {transposeConfig} from './transpose.js';
import {transposedConv2DConfig} from './transposed_conv2d.js';
import {unpackConfig} from './unpack.js';

/** All kernels that know int8: our own ops, and the stock ops that only move or compare values. */
export const int8Kernels: readonly KernelConfig[] = [
  addConfig,
  avgPoolConfig,
  batchToSpaceNDConfig,
  castConfig,
  concatConfig,
  conv2DConfig,
  depthToSpaceConfig,
  depthwiseConv2DConfig,
  dequantizeConfig,
  expandDimsConfig,
  gatherV2Config,
  identityConfig,
  lookupConfig,
  matMulConfig,
  maximumConfig,
  maxPoolConfig,
  meanConfig,
  minimumConfig,
  mirrorPadConfig,
  mulConfig,
  packConfig,
  padV2Config,
  preluConfig,
  quantizeConfig,
  reshapeConfig,
  resizeBilinearConfig,
  resizeNearestConfig,
  reverseConfig,
  sliceConfig,
  softmaxConfig,
  spaceToBatchNDConfig,
  splitVConfig,
  stridedSliceConfig,
  subConfig,
  tileConfig,
  transposeConfig,
  transposedConv2DConfig,
  unpackConfig,
];
