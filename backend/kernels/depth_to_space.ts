import {DepthToSpace, type DepthToSpaceAttrs, type DepthToSpaceInputs} from '@tensorflow/tfjs-core';
import {checkRank, fail, textOf} from './int8_kernel.js';
import {shapeKernel} from './shape_kernel.js';
import {transposed} from './transpose.js';

export const depthToSpaceConfig = shapeKernel<DepthToSpaceInputs, DepthToSpaceAttrs>(
  DepthToSpace,
  (backend, {x}, {blockSize, dataFormat}) => {
    checkRank(DepthToSpace, 'x', x, 4);
    if (dataFormat !== 'NHWC') return undefined;
    const [batch, height, width, channels] = x.shape;
    const depth = channels / blockSize ** 2;
    if (!Number.isInteger(depth)) {
      fail(DepthToSpace, `x has shape ${textOf(x.shape)}, no multiple of ${blockSize}² channels`);
    }
    const blocks = {...x, shape: [batch, height, width, blockSize, blockSize, depth]};
    return {
      ...transposed(backend, blocks, [0, 1, 3, 2, 4, 5]),
      shape: [batch, height * blockSize, width * blockSize, depth],
    };
  },
);
