import {type BuiltModel, type Form, type Image, ModelBuilder} from './builder.js';

/** Box distributions and classes of each place. */
const HEAD = 64 + 80;

/**
 * A detector in the manner of YOLOv8n at 320 × 320: SiLU, split and concatenated bottlenecks, pooling pyramid, upsampling,
 * three heads.
 */
export function siluDetector(form: Form): BuiltModel {
  const b = new ModelBuilder(form, [1, 320, 320, 3]);
  const conv = (x: Image, channels: number, size: number, stride = 1) =>
    b.conv(x, channels, size, stride, 'silu');

  /** Cross-stage partial: one half passes through bottlenecks, and every step of it is kept. */
  const partial = (x: Image, channels: number, depth: number, isResidual: boolean) => {
    const parts: Image[] = b.split(conv(x, channels, 1));
    for (let i = 0; i < depth; i++) {
      const last = parts[parts.length - 1];
      const y = conv(conv(last, channels / 2, 3), channels / 2, 3);
      parts.push(isResidual ? b.add(last, y) : y);
    }
    return conv(b.concat(...parts), channels, 1);
  };
  const pyramid = (x: Image) => {
    const pools = [conv(x, x.channels / 2, 1)];
    for (let i = 0; i < 3; i++) pools.push(b.maxPool(pools[i], 5, 1));
    return conv(b.concat(...pools), x.channels, 1);
  };
  const head = (x: Image) => b.conv(conv(conv(x, 64, 3), 64, 3), HEAD, 1, 1, 'none');

  const stem = conv(conv(b.image, 16, 3, 2), 32, 3, 2);
  const p3 = partial(conv(partial(stem, 32, 1, true), 64, 3, 2), 64, 2, true);
  const p4 = partial(conv(p3, 128, 3, 2), 128, 2, true);
  const p5 = pyramid(partial(conv(p4, 256, 3, 2), 256, 1, true));
  const n4 = partial(b.concat(b.upsampled(p5), p4), 128, 1, false);
  const n3 = partial(b.concat(b.upsampled(n4), p3), 64, 1, false);
  const m4 = partial(b.concat(conv(n3, 64, 3, 2), n4), 128, 1, false);
  const m5 = partial(b.concat(conv(m4, 128, 3, 2), p5), 256, 1, false);
  return b.build(head(n3), head(m4), head(m5));
}
