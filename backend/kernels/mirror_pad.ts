import {MirrorPad, type MirrorPadAttrs, type MirrorPadInputs} from '@tensorflow/tfjs-core';
import {shapeKernel} from './shape_kernel.js';
import {copyWalk, denseStrides, newTensor} from './strided_copy.js';

/**
 * The image goes into the middle, then one axis after the other is continued at both ends by walking
 * backwards over what is there already: without the edge itself for 'reflect', with it for 'symmetric'.
 */
export const mirrorPadConfig = shapeKernel<MirrorPadInputs, MirrorPadAttrs>(
  MirrorPad,
  (backend, {x}, {paddings, mode}) => {
    const shape = x.shape.map((size, axis) => paddings[axis][0] + size + paddings[axis][1]);
    const strides = denseStrides(shape);
    const skip = mode === 'reflect' ? 1 : 0;
    const middle = paddings.reduce((at, [before], axis) => at + before * strides[axis], 0);
    return newTensor(backend, x, shape, (source, target) => {
      const from = {offset: 0, strides: denseStrides(x.shape)};
      copyWalk(backend, source, from, target, {offset: middle, strides}, x.shape);
      const filled = [...x.shape];
      let origin = middle;
      paddings.forEach(([before, after], axis) => {
        const step = strides[axis];
        const backwards = strides.map((stride, i) => (i === axis ? -stride : stride));
        const copy = (fromAt: number, toAt: number, length: number) =>
          copyWalk(
            backend,
            target,
            {offset: fromAt, strides: backwards},
            target,
            {offset: toAt, strides},
            filled.map((size, i) => (i === axis ? length : size)),
          );
        const start = origin - before * step;
        const end = origin + x.shape[axis] * step;
        copy(origin + (before - 1 + skip) * step, start, before);
        copy(end - (1 + skip) * step, end, after);
        filled[axis] = shape[axis];
        origin = start;
      });
    });
  },
);
