import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {Int8Backend} from '../int8_backend.js';
import type {Block, CopyAxis} from '../microkernels.js';

/** Where the elements of a tensor lie in an array: at offset + Σ index · stride. Strides may be 0 or negative. */
export interface Walk {
  readonly offset: number;
  readonly strides: readonly number[];
}

/** Row-major. */
export function denseStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

/** A new tensor of the elements of x along a walk. */
export function stridedCopy(
  backend: Int8Backend,
  x: TensorInfo,
  shape: number[],
  from: Walk,
): TensorInfo {
  return newTensor(backend, x, shape, (source, target) =>
    copyWalk(backend, source, from, target, {offset: 0, strides: denseStrides(shape)}, shape),
  );
}

/** A new tensor that `write` fills from the block of x. */
export function newTensor(
  backend: Int8Backend,
  x: TensorInfo,
  shape: number[],
  write: (source: Block, target: Block) => void,
): TensorInfo {
  const source = backend.block(x);
  const {info, block} = backend.output(shape);
  write(source, block);
  return info;
}

/** target[to(index)] = source[from(index)] for every index of `shape`. The two may be one block, but not overlap. */
export function copyWalk(
  {microkernels}: Int8Backend,
  source: Block,
  from: Walk,
  target: Block,
  to: Walk,
  shape: readonly number[],
): void {
  if (shape.includes(0)) return;
  const axes = contiguousLast(mergeAxes(shape, from.strides, to.strides));
  microkernels.copy({fromOffset: from.offset, toOffset: to.offset, axes})(source, target);
}

/** Puts last the axis along which the target is written in a row, and before it the one along which the source is read so. */
function contiguousLast(axes: readonly CopyAxis[]): readonly CopyAxis[] {
  if (axes.length === 0) return [{size: 1, from: 1, to: 1}];
  const written = axes.find(({to}) => to === 1);
  const read = axes.find(axis => axis.from === 1 && axis !== written);
  const last = [read, written].flatMap(axis => axis ?? []);
  return [...axes.filter(axis => !last.includes(axis)), ...last];
}

/** As few axes as will do: those of size 1 left out, those that follow on one another made one. */
function mergeAxes(
  shape: readonly number[],
  from: readonly number[],
  to: readonly number[],
): CopyAxis[] {
  const axes: CopyAxis[] = [];
  shape.forEach((size, i) => {
    if (size === 1) return;
    const last = axes.at(-1);
    if (last?.from === from[i] * size && last.to === to[i] * size) {
      axes[axes.length - 1] = {size: last.size * size, from: from[i], to: to[i]};
    } else {
      axes.push({size, from: from[i], to: to[i]});
    }
  });
  return axes;
}
