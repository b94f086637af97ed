import type {GraphNode} from '@tensorflow/tfjs-converter';
import {cast, stridedSlice as stock, tidy, type Tensor} from '@tensorflow/tfjs-core';

/**
 * TensorFlow's StridedSlice. The WASM kernel of tfjs 4.22 calls the result of any slice with gaps
 * float32, whatever the operand: an int32 tensor, and so an int8 one, is then taken through float32.
 */
export function stridedSlice({inputs, attrs}: GraphNode): Tensor {
  const [x, begin, end, strides] = inputs;
  const mask = (name: string) => Number(attrs[`${name}_mask`] ?? 0);
  const slice = (from: Tensor) =>
    stock(
      from,
      Array.from(begin.dataSync()),
      Array.from(end.dataSync()),
      Array.from(strides.dataSync()),
      mask('begin'),
      mask('end'),
      mask('ellipsis'),
      mask('new_axis'),
      mask('shrink_axis'),
    );
  return tidy(() => {
    const result = slice(x);
    if (result.dtype === x.dtype) return result;
    return cast(slice(cast(x, 'float32')), x.dtype);
  });
}
