import * as tf from '@tensorflow/tfjs-core';
import type {Int8Backend} from '../../backend/index.js';

/** The current backend, which must be `int8`. */
export function int8Backend(): Int8Backend {
  return tf.backend() as unknown as Int8Backend;
}

/** An int8 tensor, as an int8 op would leave it. */
export function int8Tensor<R extends tf.Rank = tf.Rank>(
  values: ArrayLike<number>,
  shape: tf.ShapeMap[R],
): tf.Tensor<R> {
  const backend = int8Backend();
  const {info, block} = backend.output(shape);
  backend.microkernels.memory.view(block).set(values);
  return tf.engine().makeTensorFromTensorInfo(info) as tf.Tensor<R>;
}

/** Integers of [−128, 127], of both signs, without an order. */
export function int8Values(size: number): Int32Array {
  return Int32Array.from({length: size}, (_, i) => ((i * 37 + 11) % 256) - 128);
}
