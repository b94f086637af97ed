import {type TensorInfo, util} from '@tensorflow/tfjs-core';
import type {AccumulatorAttrs} from '../../src/ops.js';
import type {Int8Backend} from '../int8_backend.js';
import type {Unary} from '../microkernels.js';
import {type Step, unaryStep} from './steps.js';

/** The step of a layer, whose result is an int8 tensor, or float32 where its activation is 'dequantize'. */
export function accumulatorStep(
  backend: Int8Backend,
  shape: number[],
  {activation}: AccumulatorAttrs,
  loop: Unary,
): Step<{x: TensorInfo}> {
  if (activation !== 'dequantize') return unaryStep(backend, shape, loop);
  const {memory} = backend.microkernels;
  const size = util.sizeFromShape(shape);
  return ({x}) => {
    const input = backend.block(x);
    const block = memory.alloc(4 * size);
    try {
      loop(input, block);
      const {info, values} = backend.floatOutput(shape);
      const {buffer, byteOffset} = memory.view(block);
      values.set(new Float32Array(buffer, byteOffset, size));
      return info;
    } finally {
      memory.free(block);
    }
  };
}
