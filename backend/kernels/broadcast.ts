import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {Int8Backend} from '../int8_backend.js';
import type {Binary, BroadcastPlan} from '../microkernels.js';
import {fail, sizeOf, textOf} from './int8_kernel.js';
import {binaryStep, type Step} from './steps.js';
import {denseStrides, stridedCopy} from './strided_copy.js';

/** Adjacent axes along which each operand is either dense or broadcast. */
interface Run {
  size: number;
  readonly a: boolean;
  readonly b: boolean;
}

interface Operands {
  a: TensorInfo;
  b: TensorInfo;
}

/**
 * The step of a binary microkernel with numpy broadcasting.
 *
 * @throws Error if the shapes do not broadcast
 */
export function broadcastStep(
  op: string,
  backend: Int8Backend,
  a: TensorInfo,
  b: TensorInfo,
  microkernel: (plan: BroadcastPlan) => Binary,
): Step<Operands> {
  const shape = broadcastShape(op, a.shape, b.shape);
  const plan = planOf(shape, a.shape, b.shape);
  if (plan !== undefined) return binaryStep(backend, shape, microkernel(plan));
  return expandedStep(backend, shape, binaryStep(backend, shape, microkernel(densePlan(shape))));
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

/** Of operands that have the result's own shape. */
function densePlan(shape: readonly number[]): BroadcastPlan {
  const inner = sizeOf(shape);
  return {outer: 1, middle: 1, inner, aStrides: [0, 0, 1], bStrides: [0, 0, 1]};
}

/** Both operands are written out in full first: the rare broadcast that interleaves many axes. */
function expandedStep(
  backend: Int8Backend,
  shape: number[],
  dense: Step<Operands>,
): Step<Operands> {
  return operands => {
    const [a, b] = [expand(backend, operands.a, shape), expand(backend, operands.b, shape)];
    const result = dense({a, b});
    for (const {dataId} of [a, b]) backend.disposeData(dataId);
    return result;
  };
}

function expand(backend: Int8Backend, x: TensorInfo, shape: number[]): TensorInfo {
  const own = denseStrides(x.shape);
  const missing = shape.length - x.shape.length;
  const strides = shape.map((_, axis) =>
    extent(x.shape, shape.length, axis) === 1 ? 0 : own[axis - missing],
  );
  return stridedCopy(backend, x, shape, {offset: 0, strides});
}
