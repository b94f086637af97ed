import type {ResizeAttrs} from '../../src/ops.js';
import type {ResizeAxis} from '../microkernels.js';

const ONE = 2 ** 11;

/** Neighbours and weights along one axis for bilinear interpolation (6). */
export function bilinearAxis(inSize: number, outSize: number, attrs: ResizeAttrs): ResizeAxis {
  const axis = emptyAxis(outSize);
  for (let i = 0; i < outSize; i++) {
    const source = sourceOf(i, inSize, outSize, attrs, 0.5);
    const low = Math.min(Math.max(Math.floor(source), 0), inSize - 1);
    axis.low[i] = low;
    axis.high[i] = Math.min(low + 1, inSize - 1);
    axis.weight[i] = low < axis.high[i] ? Math.floor(Math.max(source - low, 0) * ONE + 0.5) : 0;
  }
  return axis;
}

/** The nearest neighbour: the one that holds the source point, or with aligned corners the closest. */
export function nearestAxis(inSize: number, outSize: number, attrs: ResizeAttrs): ResizeAxis {
  const axis = emptyAxis(outSize);
  for (let i = 0; i < outSize; i++) {
    const source = sourceOf(i, inSize, outSize, attrs, 0);
    const nearest = attrs.alignCorners ? Math.round(source) : Math.floor(source);
    axis.low[i] = axis.high[i] = Math.min(Math.max(nearest, 0), inSize - 1);
  }
  return axis;
}

/** A source coordinate in float64. `back`: from the pixel's centre back to its index. */
function sourceOf(
  i: number,
  inSize: number,
  outSize: number,
  {alignCorners, halfPixelCenters}: ResizeAttrs,
  back: number,
): number {
  const aligned = alignCorners && outSize > 1;
  const ratio = aligned ? (inSize - 1) / (outSize - 1) : inSize / outSize;
  return halfPixelCenters ? ratio * (i + 0.5) - back : ratio * i;
}

function emptyAxis(outSize: number) {
  return {
    low: new Int32Array(outSize),
    high: new Int32Array(outSize),
    weight: new Int32Array(outSize),
  };
}
