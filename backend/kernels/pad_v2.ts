import {PadV2, type PadV2Attrs, type PadV2Inputs, type TensorInfo} from '@tensorflow/tfjs-core';
import type {Int8Backend} from '../int8_backend.js';
import {shapeKernel} from './shape_kernel.js';
import {copyWalk, denseStrides, newTensor} from './strided_copy.js';

/** A constant that is not an int8 integer makes the result an ordinary int32 tensor. */
export const padV2Config = shapeKernel<PadV2Inputs, PadV2Attrs>(
  PadV2,
  (backend, {x}, {paddings, constantValue}) =>
    constantValue === (constantValue << 24) >> 24
      ? padded(backend, x, paddings, constantValue)
      : undefined,
);

/** @param paddings [before, after] of each axis */
export function padded(
  backend: Int8Backend,
  x: TensorInfo,
  paddings: readonly [number, number][],
  constant: number,
): TensorInfo {
  const shape = x.shape.map((size, axis) => paddings[axis][0] + size + paddings[axis][1]);
  const strides = denseStrides(shape);
  const offset = paddings.reduce((at, [before], axis) => at + before * strides[axis], 0);
  const from = {offset: 0, strides: denseStrides(x.shape)};
  return newTensor(backend, x, shape, (source, target) => {
    backend.microkernels.memory.view(target).fill(constant);
    copyWalk(backend, source, from, target, {offset, strides}, x.shape);
  });
}
