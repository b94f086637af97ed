import {ExpandDims, type ExpandDimsAttrs, type ExpandDimsInputs} from '@tensorflow/tfjs-core';
import {fail, textOf} from './int8_kernel.js';
import {shapeKernel} from './shape_kernel.js';

export const expandDimsConfig = shapeKernel<ExpandDimsInputs, ExpandDimsAttrs>(
  ExpandDims,
  (backend, {input}, {dim}) => backend.alias(input, withAxis(input.shape, dim)),
);

/** The shape with a new axis of size 1; negative positions count from the end of the result. */
export function withAxis(shape: readonly number[], axis: number): number[] {
  const position = axis < 0 ? axis + shape.length + 1 : axis;
  if (position < 0 || position > shape.length) {
    fail(ExpandDims, `axis ${axis} does not fit an operand of shape ${textOf(shape)}`);
  }
  return [...shape.slice(0, position), 1, ...shape.slice(position)];
}
