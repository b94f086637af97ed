import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {Int8Backend} from '../int8_backend.js';
import type {Binary, BroadcastPlan} from '../microkernels.js';
import {fail, textOf} from './int8_kernel.js';
import {denseStrides, stridedCopy} from './strided_copy.js';

/** Adjacent axes along which each operand is either dense or broadcast. */
interface Run {
  size: number;
  readonly a: boolean;
  readonly b: boolean;
}

/**
 * Runs a binary microkernel with numpy broadcasting.
 *
 * @throws Error if the shapes do not broadcast
 */
export function broadcastKernel(
  op: string,
  backend: Int8Backend,
  a: TensorInfo,
  b: TensorInfo,
  microkernel: (plan: BroadcastPlan) => Binary,
): TensorInfo {
  const shape = broadcastShape(op, a.shape, b.shape);
  const plan = planOf(shape, a.shape, b.shape);
  if (plan === undefined) return expanded(op, backend, a, b, shape, microkernel);
  const [aBlock, bBlock] = [backend.block(a), backend.block(b)];
  const {info, block} = backend.output(shape);
  microkernel(plan)(aBlock, bBlock, block);
  return info;
}

function broadcastShape(op: string, a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({length: rank}, (_, axis) => {
    const [sizeA, sizeB] = [extent(a, rank, axis), extent(b, rank, axis)];
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1) {
      fail(op, `shapes ${textOf(a)} and ${textOf(b)} do not broadcast`);
    }
    return sizeA === 1 ? sizeB : sizeA;
  });
}

/** The size along an axis of the result; shapes are aligned at their ends. */
function extent(shape: readonly number[], rank: number, axis: number): number {
  return axis < rank - shape.length ? 1 : shape[axis - rank + shape.length];
}

/** Three loops, or undefined where the broadcast needs more. */
function planOf(
  shape: readonly number[],
  a: readonly number[],
  b: readonly number[],
): BroadcastPlan | undefined {
  const runs: Run[] = [];
  shape.forEach((size, axis) => {
    if (size === 1) return;
    const run = {
      size,
      a: extent(a, shape.length, axis) !== 1,
      b: extent(b, shape.length, axis) !== 1,
    };
    const last = runs.at(-1);
    if (last?.a === run.a && last.b === run.b) last.size *= size;
    else runs.push(run);
  });
  if (runs.length > 3) return undefined;
  while (runs.length < 3) runs.unshift({size: 1, a: false, b: false});
  return {
    outer: runs[0].size,
    middle: runs[1].size,
    inner: runs[2].size,
    aStrides: stridesOf(runs.map(({size, a}) => (a ? size : 0))),
    bStrides: stridesOf(runs.map(({size, b}) => (b ? size : 0))),
  };
}

/** @param sizes of the operand's own axes, 0 where it is broadcast */
function stridesOf(sizes: readonly number[]): [number, number, number] {
  const [outer, middle, inner] = sizes;
  const within = inner || 1;
  return [outer ? within * (middle || 1) : 0, middle ? within : 0, inner ? 1 : 0];
}

/** Both operands written out in full first, for the rare broadcast that interleaves many axes. */
function expanded(
  op: string,
  backend: Int8Backend,
  a: TensorInfo,
  b: TensorInfo,
  shape: number[],
  microkernel: (plan: BroadcastPlan) => Binary,
): TensorInfo {
  const wide = [a, b].map(x => expand(backend, x, shape));
  const result = broadcastKernel(op, backend, wide[0], wide[1], microkernel);
  for (const {dataId} of wide) backend.disposeData(dataId);
  return result;
}

function expand(backend: Int8Backend, x: TensorInfo, shape: number[]): TensorInfo {
  const own = denseStrides(x.shape);
  const missing = shape.length - x.shape.length;
  const strides = shape.map((_, axis) =>
    extent(x.shape, shape.length, axis) === 1 ? 0 : own[axis - missing],
  );
  return stridedCopy(backend, x, shape, {offset: 0, strides});
}
