import {Tile, type TileAttrs, type TileInputs} from '@tensorflow/tfjs-core';
import {shapeKernel} from './shape_kernel.js';
import {denseStrides, stridedCopy} from './strided_copy.js';

/** Each axis becomes [repetition, index], the first of them with stride 0. */
export const tileConfig = shapeKernel<TileInputs, TileAttrs>(Tile, (backend, {x}, {reps}) => {
  const strides = denseStrides(x.shape);
  const walked = stridedCopy(
    backend,
    x,
    x.shape.flatMap((size, axis) => [reps[axis], size]),
    {offset: 0, strides: strides.flatMap(stride => [0, stride])},
  );
  return {...walked, shape: x.shape.map((size, axis) => size * reps[axis])};
});
