import {
  depthwiseConv2d,
  maxPool as maxPoolFloat,
  mul,
  ones,
  tensor,
  type Rank,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import type {AvgPoolAttrs, MaxPoolAttrs} from '../../src/ops.js';
import {checkPoolPadding, windowOf, type Window} from '../kernels/window.js';
import {steps, toGrid, toInt8, type Operands} from './arithmetic.js';
import {paddedImage} from './padded_image.js';

export function maxPool({x}: Operands, attrs: MaxPoolAttrs): Tensor {
  const window = windowOf('Int8MaxPool', x, attrs.filterSize, attrs);
  checkPoolPadding('Int8MaxPool', window);
  const image = paddedImage(steps(x, 0), window, -128) as Tensor4D;
  return toInt8(maxPoolFloat(image, attrs.filterSize, attrs.strides, 'valid'));
}

/** Sums by a filter of ones, which stay whole, where a mean would not. */
export function avgPool({x}: Operands, attrs: AvgPoolAttrs): Tensor {
  const window = windowOf('Int8AvgPool', x, attrs.filterSize, attrs);
  checkPoolPadding('Int8AvgPool', window);
  const image = paddedImage(steps(x, attrs.xZeroPoint), window) as Tensor4D;
  const channels: number = image.shape[3];
  const filter = ones<Rank.R4>([...attrs.filterSize, channels, 1]);
  const sums = depthwiseConv2d(image, filter, attrs.strides, 'valid');
  return toInt8(toGrid(mul(sums, factors(window, attrs.xScale / attrs.outScale)), attrs));
}

/** factor / n for each window, n its taps inside the image: [1, out height, out width, 1] */
function factors(window: Window, factor: number): Tensor {
  const rows = tapCounts(
    window.outHeight,
    window.inHeight,
    window.filterHeight,
    window.strideHeight,
    window.padTop,
  );
  const columns = tapCounts(
    window.outWidth,
    window.inWidth,
    window.filterWidth,
    window.strideWidth,
    window.padLeft,
  );
  const values = rows.flatMap(high => columns.map(wide => factor / (high * wide)));
  return tensor(values, [1, rows.length, columns.length, 1], 'float32');
}

function tapCounts(
  windows: number,
  size: number,
  filter: number,
  stride: number,
  pad: number,
): number[] {
  return Array.from({length: windows}, (_, i) => {
    const start = i * stride - pad;
    return Math.min(start + filter, size) - Math.max(start, 0);
  });
}
