import type {TensorInfo} from '@tensorflow/tfjs-core';
import {Int8Op} from '../../src/ops.js';
import {fail, int8Kernel, sizeOf} from './int8_kernel.js';

const OP = Int8Op.Quantize;

export const quantizeConfig = int8Kernel(OP, (backend, {x}: {x: TensorInfo}, attrs) => {
  const {shape} = x;
  const loop = backend.microkernels.quantize(sizeOf(shape), {
    inverseScale: inverseOf(OP, attrs.outScale),
    zeroPoint: attrs.outZeroPoint,
    lo: attrs.lo,
    hi: attrs.hi,
  });
  return operands => {
    const {info, block} = backend.output(shape);
    loop(backend.floats(operands.x), block);
    return info;
  };
});

/** 1 / scale as a float32. */
export function inverseOf(op: string, scale: number): number {
  const inverse = Math.fround(1 / Math.fround(scale));
  if (!(inverse > 0 && inverse < Infinity)) fail(op, `outScale ${scale} has no float32 inverse`);
  return inverse;
}
