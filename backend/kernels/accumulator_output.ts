import {type TensorInfo, util} from '@tensorflow/tfjs-core';
import type {AccumulatorAttrs} from '../../src/ops.js';
import type {Int8Backend} from '../int8_backend.js';
import type {Block} from '../microkernels.js';

/** The result of a layer: an int8 tensor, or float32 where its activation is 'dequantize'. */
export function accumulatorOutput(
  backend: Int8Backend,
  shape: number[],
  {activation}: AccumulatorAttrs,
  run: (block: Block) => void,
): TensorInfo {
  if (activation !== 'dequantize') {
    const {info, block} = backend.output(shape);
    run(block);
    return info;
  }
  const {memory} = backend.microkernels;
  const block = memory.alloc(4 * util.sizeFromShape(shape));
  try {
    run(block);
    // A copy: the view is of memory that may move, and of bytes at any offset.
    return backend.floatOutput(shape, new Float32Array(memory.view(block).slice().buffer));
  } finally {
    memory.free(block);
  }
}
