import type {PoolGeometry} from '../microkernels.js';
import {forEachWindow} from './pool_window.js';

/** s8_maxpool: the largest tap inside the image. Every window has one. */
export function maxPool(x: Int8Array, y: Int8Array, geometry: PoolGeometry): void {
  forEachWindow(geometry, (yAt, taps) => {
    let largest = -128;
    for (const tap of taps) largest = Math.max(largest, x[tap]);
    y[yAt] = largest;
  });
}
