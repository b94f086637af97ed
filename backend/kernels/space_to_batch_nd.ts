import {
  backend_util,
  SpaceToBatchND,
  type SpaceToBatchNDAttrs,
  type SpaceToBatchNDInputs,
} from '@tensorflow/tfjs-core';
import {sizeOf} from './int8_kernel.js';
import {padded} from './pad_v2.js';
import {shapeKernel} from './shape_kernel.js';
import {transposed} from './transpose.js';

/**
 * Pads with integer 0, as the stock op does, whatever the grid: right for real numbers where it pads
 * nothing or the zero point is 0. Elsewhere a PadV2 with the zero point belongs before it.
 */
export const spaceToBatchNDConfig = shapeKernel<SpaceToBatchNDInputs, SpaceToBatchNDAttrs>(
  SpaceToBatchND,
  (backend, {x}, {blockShape, paddings}) => {
    const blockSize = sizeOf(blockShape);
    const rest = x.shape.length - 1 - blockShape.length;
    const all: [number, number][] = [
      [0, 0],
      ...paddings.map(([before, after]): [number, number] => [before, after]),
      ...Array.from({length: rest}, (): [number, number] => [0, 0]),
    ];
    const wide = padded(backend, x, all, 0);
    const blocks = backend_util.getReshaped(wide.shape, blockShape, blockSize, false);
    const perm = backend_util.getPermuted(blocks.length, blockShape.length, false);
    const shape = backend_util.getReshapedPermuted(wide.shape, blockShape, blockSize, false);
    const result = transposed(backend, {...wide, shape: blocks}, perm);
    backend.disposeData(wide.dataId);
    return {...result, shape};
  },
);
