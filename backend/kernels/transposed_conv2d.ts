import type {TensorInfo} from '@tensorflow/tfjs-core';
import {Int8Op, type TransposedConv2DAttrs} from '../../src/ops.js';
import {accumulatorStep} from './accumulator_step.js';
import {checkRank, fail, int8Kernel, textOf, type AccumulatorOperands} from './int8_kernel.js';
import {packedFilterOf} from './packed_filter.js';
import {type Window, windowOf} from './window.js';

const OP = Int8Op.TransposedConv2D;

interface Operands extends AccumulatorOperands {
  /** [batch, height, width, channels] of the result. */
  size: TensorInfo;
}

/** x NHWC, filter HWOI. */
export const transposedConv2DConfig = int8Kernel(OP, (backend, operands: Operands, attrs) => {
  const {x, filter} = operands;
  checkRank(OP, 'filter', filter, 4);
  const [height, width, outChannels, inChannels] = filter.shape;
  const window = transposedWindowOf(x, filter, backend.values(operands.size), attrs);
  const taps = height * width * inChannels;
  const sizes = {height, width, inChannels, outChannels, taps};
  const packed = packedFilterOf(
    OP,
    backend,
    operands,
    attrs,
    sizes,
    (kernels, spec) => kernels.packTransposedConv2D(spec, attrs.strides),
    attrs.strides,
  );
  const shape = [window.batch, window.outHeight, window.outWidth, outChannels];
  const geometry = {...window, inChannels, outChannels};
  const loop = backend.microkernels.transposedConv2D(packed, geometry);
  return accumulatorStep(backend, shape, attrs, loop);
});

/**
 * Sizes of operand and result, with the strides and the padding of the convolution that goes the other way.
 *
 * @param x NHWC
 * @param filter HWOI
 * @param size the shape of the result
 * @throws Error if that convolution does not map an image of this size to one of x's
 */
export function transposedWindowOf(
  x: TensorInfo,
  filter: TensorInfo,
  size: ArrayLike<number>,
  attrs: TransposedConv2DAttrs,
): Window {
  checkRank(OP, 'x', x, 4);
  const [filterHeight, filterWidth, outChannels, inChannels] = filter.shape;
  if (x.shape[3] !== inChannels) {
    fail(OP, `x has shape ${textOf(x.shape)}, but the filter takes ${inChannels} channels`);
  }
  const [batch, inHeight, inWidth] = x.shape;
  const [, outHeight, outWidth] = Array.from(size);
  if (size.length !== 4 || !(outHeight >= 1 && outWidth >= 1)) {
    fail(OP, `size is ${textOf(Array.from(size))}, but must be the shape of an image`);
  }
  const result = {...x, shape: [batch, outHeight, outWidth, outChannels]};
  const forward = windowOf(OP, result, [filterHeight, filterWidth], attrs);
  if (forward.outHeight !== inHeight || forward.outWidth !== inWidth) {
    fail(
      OP,
      `x has shape ${textOf(x.shape)}, but for a result of ${outHeight}×${outWidth} it must be ${forward.outHeight}×${forward.outWidth}`,
    );
  }
  return {...forward, inHeight, inWidth, outHeight, outWidth};
}
