import {reshaped, type TensorValue, transposed} from './tensors.js';

/** HWIO → OIHW. */
export function convolutionWeights(filter: TensorValue): TensorValue {
  return transposed(filter, [3, 2, 0, 1]);
}

/** HWIM → [I·M, 1, H, W]: one group for each input channel. */
export function depthwiseWeights(filter: TensorValue): TensorValue {
  const [height, width, channels, multiplier] = filter.shape;
  return reshaped(transposed(filter, [2, 3, 0, 1]), [channels * multiplier, 1, height, width]);
}

/** HWOI, of Conv2DBackpropInput → IOHW, of ConvTranspose. */
export function transposedConvolutionWeights(filter: TensorValue): TensorValue {
  return transposed(filter, [3, 2, 0, 1]);
}
