import {
  backend_util,
  BatchToSpaceND,
  type BatchToSpaceNDAttrs,
  type BatchToSpaceNDInputs,
} from '@tensorflow/tfjs-core';
import {sizeOf} from './int8_kernel.js';
import {shapeKernel} from './shape_kernel.js';
import {sliced} from './slice.js';
import {transposed} from './transpose.js';

export const batchToSpaceNDConfig = shapeKernel<BatchToSpaceNDInputs, BatchToSpaceNDAttrs>(
  BatchToSpaceND,
  (backend, {x}, {blockShape, crops}) => {
    const blockSize = sizeOf(blockShape);
    const blocks = backend_util.getReshaped(x.shape, blockShape, blockSize);
    const perm = backend_util.getPermuted(blocks.length, blockShape.length);
    const shape = backend_util.getReshapedPermuted(x.shape, blockShape, blockSize);
    const begin = backend_util.getSliceBeginCoords(crops, blockShape.length);
    const size = backend_util.getSliceSize(shape, crops, blockShape.length);
    const whole = {...transposed(backend, {...x, shape: blocks}, perm), shape};
    const start = shape.map((_, axis) => begin[axis] ?? 0);
    const extent = shape.map((full, axis) => size[axis] ?? full);
    const result = sliced(backend, whole, start, extent);
    backend.disposeData(whole.dataId);
    return result;
  },
);
