import {backend_util, Concat, util, type ConcatAttrs, type TensorInfo} from '@tensorflow/tfjs-core';
import type {Int8Backend} from '../int8_backend.js';
import {shapeKernel} from './shape_kernel.js';
import {copyWalk, denseStrides} from './strided_copy.js';

export const concatConfig = shapeKernel<TensorInfo[], ConcatAttrs>(
  Concat,
  (backend, operands, {axis}) => concatenated(backend, Object.values(operands), axis),
);

/** @throws Error if the shapes differ elsewhere than along the axis */
export function concatenated(
  backend: Int8Backend,
  operands: readonly TensorInfo[],
  axis: number,
): TensorInfo {
  const shapes = operands.map(({shape}) => shape);
  const [along] = util.parseAxisParam(axis, shapes[0]);
  backend_util.assertParamsConsistent(shapes, along);
  const {info, block} = backend.output(backend_util.computeOutShape(shapes, along));
  const strides = denseStrides(info.shape);
  let offset = 0;
  for (const x of operands) {
    const from = {offset: 0, strides: denseStrides(x.shape)};
    copyWalk(backend, backend.block(x), from, block, {offset, strides}, x.shape);
    offset += x.shape[along] * strides[along];
  }
  return info;
}
