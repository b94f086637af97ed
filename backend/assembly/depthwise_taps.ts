import {Filter} from './filter';
import {Lanes} from './lanes';
import {DOT_BYTES, groupBytesOf, RUN} from './pack_depthwise';
import {BYTES, PIXEL_BYTES, Planes, SUM_BYTES} from './planes';
import {ConvGeometry} from './structs';

/**
 * The sums of group i of one output row of a depthwise convolution, any filter: int32 [outWidth][8]. Two columns at a
 * time, so an odd width is rounded up.
 *
 * @param taps where the taps of the first window lie in the first plane
 * @param plane how far from there they lie in that of the group
 */
export function sumTaps(
  taps: usize,
  plane: usize,
  filter: Filter,
  i: i32,
  geometry: ConvGeometry,
  sums: usize,
): void {
  const group = filter.stage.groupAt(i);
  const step = geometry.strideWidth * PIXEL_BYTES;
  const weights = filter.weights + i * filter.groupBytes;
  const count = geometry.filterHeight * geometry.filterWidth;
  const end = weights + groupBytesOf(group.parts * count);
  for (let width = geometry.outWidth; width > 0; width -= 2) {
    let left0 = group.bias0;
    let left1 = group.bias1;
    let right0 = left0;
    let right1 = left1;
    let tap = taps;
    for (let w = weights; w < end; w += DOT_BYTES, tap += RUN * sizeof<usize>()) {
      const w0 = v128.load(w);
      const w1 = v128.load(w, 16);
      if (BYTES) {
        const x0 = load<usize>(tap) + plane;
        const x1 = load<usize>(tap, sizeof<usize>()) + plane;
        const x2 = load<usize>(tap, 2 * sizeof<usize>()) + plane;
        const x3 = load<usize>(tap, 3 * sizeof<usize>()) + plane;
        let a = Planes.rows(x0, x1);
        let b = Planes.rows(x2, x3);
        left0 = Lanes.dotBytes(left0, Planes.low(a, b), w0);
        left1 = Lanes.dotBytes(left1, Planes.high(a, b), w1);
        a = Planes.rows(x0 + step, x1 + step);
        b = Planes.rows(x2 + step, x3 + step);
        right0 = Lanes.dotBytes(right0, Planes.low(a, b), w0);
        right1 = Lanes.dotBytes(right1, Planes.high(a, b), w1);
      } else {
        const x0 = load<usize>(tap) + plane;
        const x1 = load<usize>(tap, sizeof<usize>()) + plane;
        let a = v128.load(x0);
        let b = v128.load(x1);
        left0 = Lanes.dot(left0, Planes.low(a, b), w0);
        left1 = Lanes.dot(left1, Planes.high(a, b), w1);
        a = v128.load(x0 + step);
        b = v128.load(x1 + step);
        right0 = Lanes.dot(right0, Planes.low(a, b), w0);
        right1 = Lanes.dot(right1, Planes.high(a, b), w1);
      }
    }
    v128.store(sums, left0);
    v128.store(sums, left1, 16);
    v128.store(sums, right0, SUM_BYTES);
    v128.store(sums, right1, SUM_BYTES + 16);
    sums += 2 * SUM_BYTES;
    plane += 2 * step;
  }
}
