import type {TensorInfo} from '@tensorflow/tfjs-core';
import {Int8Op} from '../../src/ops.js';
import {fail, int8Kernel, sizeOf, textOf} from './int8_kernel.js';
import {scalarStageOf} from './output_stage.js';
import {unaryStep} from './steps.js';
import {transposed} from './transpose.js';

const OP = Int8Op.Mean;

export const meanConfig = int8Kernel(OP, (backend, {x}: {x: TensorInfo}, attrs) => {
  const axes = reducedAxes(x.shape, attrs.axes);
  const kept = x.shape.map((_, axis) => axis).filter(axis => !axes.includes(axis));
  const reduced = sizeOf(axes.map(axis => x.shape[axis]));
  if (reduced === 0 || reduced * 255 >= 2 ** 31) {
    fail(OP, `x has shape ${textOf(x.shape)}: the mean of ${reduced} values is out of reach`);
  }
  const shape = attrs.keepDims
    ? x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    : kept.map(axis => x.shape[axis]);
  const stage = scalarStageOf(attrs.xScale / (attrs.outScale * reduced), attrs);

  const {order, outer, inner} = inOneBlock(x.shape, axes, kept);
  const loop = backend.microkernels.mean({outer, reduced, inner}, attrs.xZeroPoint, stage);
  const step = unaryStep(backend, shape, loop);
  if (order === undefined) return step;
  return operands => {
    const source = transposed(backend, operands.x, order);
    const result = step({x: source});
    backend.disposeData(source.dataId);
    return result;
  };
});

/** Sorted, each once, counted from the front. */
export function reducedAxes(shape: readonly number[], axes: readonly number[]): number[] {
  const rank = shape.length;
  if (axes.some(axis => axis < -rank || axis >= rank)) {
    fail(OP, `axes ${textOf(axes)} do not fit x of shape ${textOf(shape)}`);
  }
  const positive = axes.map(axis => (axis + rank) % rank);
  return shape.map((_, axis) => axis).filter(axis => !axes.length || positive.includes(axis));
}

/** x as [outer, reduced, inner], and the order of axes to bring it to first if some that stay lie between some that go. */
function inOneBlock(
  shape: readonly number[],
  axes: readonly number[],
  kept: readonly number[],
): {order?: number[]; outer: number; inner: number} {
  const [first, last] = [axes[0] ?? 0, axes.at(-1) ?? -1];
  const between = kept.filter(axis => axis > first && axis < last && shape[axis] !== 1);
  if (between.length > 0) {
    return {order: [...kept, ...axes], outer: sizeOf(kept.map(axis => shape[axis])), inner: 1};
  }
  return {
    outer: sizeOf(shape.slice(0, first)),
    inner: sizeOf(shape.slice(last + 1)),
  };
}
