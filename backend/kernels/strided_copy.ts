import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {Int8Backend} from '../int8_backend.js';

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
    copyWalk(source, from, target, {offset: 0, strides: denseStrides(shape)}, shape),
  );
}

/** A new tensor that `write` fills from the bytes of x. */
export function newTensor(
  backend: Int8Backend,
  x: TensorInfo,
  shape: number[],
  write: (source: Int8Array, target: Int8Array) => void,
): TensorInfo {
  const {memory} = backend.microkernels;
  const source = backend.block(x);
  const {info, block: target} = backend.output(shape);
  write(memory.view(source), memory.view(target));
  return info;
}

/** From this length on, one call that copies a run beats a loop. */
const LONG_RUN = 32;

/** target[to(index)] = source[from(index)] for every index of `shape`. The two may be one array, but not overlap. */
export function copyWalk(
  source: Int8Array,
  from: Walk,
  target: Int8Array,
  to: Walk,
  shape: readonly number[],
): void {
  if (shape.includes(0)) return;
  const axes = mergeAxes(shape, from.strides, to.strides);
  const inner = axes.pop() ?? {size: 1, from: 1, to: 1};
  const copyRun = runCopier(source, target, inner);
  const recurse = (depth: number, s: number, t: number): void => {
    if (depth === axes.length) {
      copyRun(s, t);
      return;
    }
    const axis = axes[depth];
    for (let i = 0; i < axis.size; i++) recurse(depth + 1, s + i * axis.from, t + i * axis.to);
  };
  recurse(0, from.offset, to.offset);
}

interface Axis {
  size: number;
  from: number;
  to: number;
}

/** As few axes as will do: those of size 1 left out, those that follow on one another made one. */
function mergeAxes(
  shape: readonly number[],
  from: readonly number[],
  to: readonly number[],
): Axis[] {
  const axes: Axis[] = [];
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

function runCopier(
  source: Int8Array,
  target: Int8Array,
  {size, from, to}: Axis,
): (s: number, t: number) => void {
  if (from === 1 && to === 1 && size >= LONG_RUN) {
    return (s, t) => target.set(source.subarray(s, s + size), t);
  }
  return (s, t) => {
    for (let i = 0; i < size; i++) target[t + i * to] = source[s + i * from];
  };
}
