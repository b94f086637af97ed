import type {KernelConfig, TensorInfo} from '@tensorflow/tfjs-core';
import {Int8Op, type ResizeAttrs} from '../../src/ops.js';
import type {ResizeAxis} from '../microkernels.js';
import {checkRank, fail, int8Kernel, textOf} from './int8_kernel.js';
import {bilinearAxis, nearestAxis} from './resize_axis.js';
import {unaryStep} from './steps.js';

type ResizeOp = typeof Int8Op.ResizeBilinear | typeof Int8Op.ResizeNearest;

/** Both ops are one microkernel: only the axes differ. */
function resizeKernel(
  op: ResizeOp,
  axisOf: (inSize: number, outSize: number, attrs: ResizeAttrs) => ResizeAxis,
): KernelConfig {
  return int8Kernel(op, (backend, {x, size}: {x: TensorInfo; size: TensorInfo}, attrs) => {
    checkRank(op, 'x', x, 4);
    const [batch, inHeight, inWidth, channels] = x.shape;
    const [height, width] = checkSize(op, backend.values(size));
    const rows = axisOf(inHeight, height, attrs);
    const columns = axisOf(inWidth, width, attrs);
    const loop = backend.microkernels.resize({batch, inHeight, inWidth, channels}, rows, columns);
    return unaryStep(backend, [batch, height, width, channels], loop);
  });
}

/** @throws Error unless `size` is a height and a width */
export function checkSize(op: string, size: ArrayLike<number>): [number, number] {
  const [height, width] = [size[0], size[1]];
  if (size.length !== 2 || !(height >= 1 && width >= 1)) {
    fail(op, `size is ${textOf(Array.from(size))}, but must be a height and a width`);
  }
  return [height, width];
}

export const resizeBilinearConfig = resizeKernel(Int8Op.ResizeBilinear, bilinearAxis);
export const resizeNearestConfig = resizeKernel(Int8Op.ResizeNearest, nearestAxis);
