import {Lanes} from './lanes';
import {openRowRing, rowRingBytes, tapBytes} from './row_ring';
import {ConvGeometry} from './structs';

/** Bytes of scratch for {@link max_pool}. */
export function max_pool_scratch_bytes(geometry: ConvGeometry): i32 {
  return tapBytes(geometry) + rowRingBytes(geometry);
}

/** s8_maxpool: output rows `begin` … `end` of the batch · outHeight. Padding holds −128, which never wins. */
export function max_pool(
  x: usize,
  y: usize,
  geometry: ConvGeometry,
  scratch: usize,
  begin: i32,
  end: i32,
): void {
  const ring = openRowRing(scratch + tapBytes(geometry), x, geometry, -128);
  const rowBytes = geometry.outWidth * geometry.outChannels;
  for (let line = begin; line < end; line++) {
    ring.locateTaps(ring.advance(line), scratch);
    maxPoolRow(scratch, y + line * rowBytes, geometry);
  }
}

function maxPoolRow(taps: usize, y: usize, geometry: ConvGeometry): void {
  const channels = geometry.outChannels;
  const end = taps + geometry.filterHeight * geometry.filterWidth * sizeof<usize>();
  let at = 0;
  for (let column = 0; column < geometry.outWidth; column++) {
    for (let c = 0; c < channels; c += 16) {
      let largest = i8x16.splat(-128);
      for (let tap = taps; tap < end; tap += sizeof<usize>()) {
        largest = i8x16.max_s(largest, v128.load(load<usize>(tap) + at + c));
      }
      Lanes.store(y + c, largest, channels - c);
    }
    at += geometry.strideWidth * channels;
    y += channels;
  }
}
