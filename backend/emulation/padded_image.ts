import {pad, type Tensor} from '@tensorflow/tfjs-core';
import {trailingPadding, type Window} from '../kernels/window.js';

/** The image with its padding written out, so that the window needs none: 'valid'. */
export function paddedImage(x: Tensor, window: Window, constant = 0): Tensor {
  const {padTop, padLeft} = window;
  const {bottom, right} = trailingPadding(window);
  if (padTop + padLeft + bottom + right === 0) return x;
  return pad(
    x,
    [
      [0, 0],
      [padTop, bottom],
      [padLeft, right],
      [0, 0],
    ],
    constant,
  );
}
