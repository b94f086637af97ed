import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {WindowAttrs} from '../../src/ops.js';
import type {PoolGeometry} from '../microkernels.js';
import {checkRank, fail, textOf} from './int8_kernel.js';

/** How a window slides over an image: what convolutions and pools have in common. */
export type Window = Omit<PoolGeometry, 'channels'>;

/** Along one axis. */
interface Span {
  readonly out: number;
  readonly padBefore: number;
}

/**
 * @param x NHWC
 * @param filter [height, width]
 * @param dilations [height, width]
 * @throws Error if x is not of rank 4, or smaller than the filter
 */
export function windowOf(
  op: string,
  x: TensorInfo,
  filter: readonly [number, number],
  attrs: WindowAttrs,
  dilations: readonly [number, number] = [1, 1],
): Window {
  checkRank(op, 'x', x, 4);
  const rows = span(op, x, filter, attrs, dilations, 0);
  const columns = span(op, x, filter, attrs, dilations, 1);
  return {
    batch: x.shape[0],
    inHeight: x.shape[1],
    inWidth: x.shape[2],
    outHeight: rows.out,
    outWidth: columns.out,
    filterHeight: filter[0],
    filterWidth: filter[1],
    strideHeight: attrs.strides[0],
    strideWidth: attrs.strides[1],
    dilationHeight: dilations[0],
    dilationWidth: dilations[1],
    padTop: rows.padBefore,
    padLeft: columns.padBefore,
  };
}

/** As TensorFlow counts: SAME puts the odd row of padding at the end. */
function span(
  op: string,
  x: TensorInfo,
  filter: readonly [number, number],
  {strides, padding, explicitPaddings}: WindowAttrs,
  dilations: readonly [number, number],
  axis: 0 | 1,
): Span {
  const size = x.shape[1 + axis];
  const stride = strides[axis];
  const extent = (filter[axis] - 1) * dilations[axis] + 1;
  if (padding === 'SAME') {
    const out = Math.ceil(size / stride);
    const total = Math.max((out - 1) * stride + extent - size, 0);
    return {out, padBefore: Math.floor(total / 2)};
  }
  const [before, after] = padding === 'VALID' ? [0, 0] : explicitOf(op, explicitPaddings, axis);
  const out = Math.floor((size + before + after - extent) / stride) + 1;
  if (out < 1) {
    fail(op, `x has shape ${textOf(x.shape)}, smaller than the ${filter.join('×')} filter`);
  }
  return {out, padBefore: before};
}

/** [before, after] of one axis. */
function explicitOf(op: string, paddings: WindowAttrs['explicitPaddings'], axis: 0 | 1): number[] {
  if (paddings === undefined) fail(op, "padding 'EXPLICIT' needs explicitPaddings");
  return paddings.slice(2 * axis, 2 * axis + 2);
}

/** Rows below, and columns right of the image that the last windows reach. */
export function trailingPadding(window: Window): {bottom: number; right: number} {
  const rows =
    (window.outHeight - 1) * window.strideHeight +
    (window.filterHeight - 1) * window.dilationHeight +
    1;
  const columns =
    (window.outWidth - 1) * window.strideWidth +
    (window.filterWidth - 1) * window.dilationWidth +
    1;
  return {
    bottom: Math.max(rows - window.padTop - window.inHeight, 0),
    right: Math.max(columns - window.padLeft - window.inWidth, 0),
  };
}

/**
 * @throws Error if a window could lie in the padding altogether: the maximum or the mean of nothing
 */
export function checkPoolPadding(op: string, window: Window): void {
  const {bottom, right} = trailingPadding(window);
  const {filterHeight, filterWidth, padTop, padLeft} = window;
  if (Math.max(padTop, bottom) >= filterHeight || Math.max(padLeft, right) >= filterWidth) {
    fail(op, `the padding must be smaller than the ${filterHeight}×${filterWidth} window`);
  }
}
