import {
  conv2d,
  conv2dTranspose,
  depthwiseConv2d,
  reshape,
  stridedSlice,
  type backend_util,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import type {Conv2DAttrs, TransposedConv2DAttrs} from '../../src/ops.js';
import {transposedWindowOf} from '../kernels/transposed_conv2d.js';
import {windowOf} from '../kernels/window.js';
import {finish} from './accumulator.js';
import {steps, type Operands} from './arithmetic.js';
import {paddedImage} from './padded_image.js';

type Pair = [number, number];
type Convolve = (x: Tensor4D, filter: Tensor4D, strides: Pair, dilations: Pair) => Tensor4D;

export function conv2D(operands: Operands, attrs: Conv2DAttrs): Tensor {
  const {filter, filterZeroPoint} = operands;
  const weights = steps(filter, steps(filterZeroPoint, 0));
  return convolution('Int8Conv2D', operands, weights, attrs, (x, w, strides, dilations) =>
    conv2d(x, w, strides, 'valid', 'NHWC', dilations),
  );
}

/** The zero points are of output channels, which in HWIM are the last two axes. */
export function depthwiseConv2D(operands: Operands, attrs: Conv2DAttrs): Tensor {
  const {filter, filterZeroPoint} = operands;
  const zeroPoint = steps(filterZeroPoint, 0);
  const perChannel = zeroPoint.size === 1 ? zeroPoint : reshape(zeroPoint, filter.shape.slice(2));
  const weights = steps(filter, perChannel);
  return convolution('Int8DepthwiseConv2D', operands, weights, attrs, (x, w, strides, dilations) =>
    depthwiseConv2d(x, w, strides, 'valid', 'NHWC', dilations),
  );
}

/** The zero points are of output channels, which in HWOI are the last axis but one. */
export function transposedConv2D(operands: Operands, attrs: TransposedConv2DAttrs): Tensor {
  const {x, filter, filterZeroPoint, size} = operands;
  const weights = steps(filter, reshape(steps(filterZeroPoint, 0), [-1, 1]));
  const [, , channels]: number[] = filter.shape;
  const window = transposedWindowOf(x, filter, size.dataSync(), attrs);
  const {strides, padding, explicitPaddings: [top, bottom, left, right] = [0, 0, 0, 0]} = attrs;
  const pads: backend_util.ExplicitPadding = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  const sums = conv2dTranspose(
    steps(x, attrs.xZeroPoint) as Tensor4D,
    weights as Tensor4D,
    [window.batch, window.outHeight, window.outWidth, channels],
    strides,
    padding === 'EXPLICIT' ? pads : padding === 'SAME' ? 'same' : 'valid',
  );
  return finish(sums, operands, attrs);
}

/** tfjs refuses strides together with dilations: then all windows are computed, and those between skipped. */
function convolution(
  op: string,
  operands: Operands,
  weights: Tensor,
  attrs: Conv2DAttrs,
  convolve: Convolve,
): Tensor {
  const {x, filter} = operands;
  const [height, width]: number[] = filter.shape;
  const {strides, dilations} = attrs;
  const window = windowOf(op, x, [height, width], attrs, dilations);
  const image = paddedImage(steps(x, attrs.xZeroPoint), window) as Tensor4D;
  const filter4D = weights as Tensor4D;
  const strided = Math.max(...strides) > 1;
  if (!strided || Math.max(...dilations) === 1) {
    return finish(convolve(image, filter4D, strides, dilations), operands, attrs);
  }
  const all = convolve(image, filter4D, [1, 1], dilations);
  const sums = stridedSlice(all, [0, 0, 0, 0], all.shape, [1, ...strides, 1]);
  return finish(sums, operands, attrs);
}
