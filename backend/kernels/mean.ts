import type {TensorInfo} from '@tensorflow/tfjs-core';
import {Int8Op} from '../../src/ops.js';
import type {Int8Backend} from '../int8_backend.js';
import {fail, int8Kernel, sizeOf, textOf} from './int8_kernel.js';
import {scalarStageOf} from './output_stage.js';
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

  const {source, outer, inner} = inOneBlock(backend, x, axes, kept);
  const input = backend.block(source);
  const {info, block} = backend.output(shape);
  backend.microkernels.mean({outer, reduced, inner}, attrs.xZeroPoint, stage)(input, block);
  if (source !== x) backend.disposeData(source.dataId);
  return info;
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

/** x as [outer, reduced, inner]; moved first if axes that stay lie between axes that go. */
function inOneBlock(backend: Int8Backend, x: TensorInfo, axes: number[], kept: number[]) {
  const [first, last] = [axes[0] ?? 0, axes.at(-1) ?? -1];
  const between = kept.filter(axis => axis > first && axis < last && x.shape[axis] !== 1);
  if (between.length > 0) {
    const outer = sizeOf(kept.map(axis => x.shape[axis]));
    return {source: transposed(backend, x, [...kept, ...axes]), outer, inner: 1};
  }
  return {
    source: x,
    outer: sizeOf(x.shape.slice(0, first)),
    inner: sizeOf(x.shape.slice(last + 1)),
  };
}
