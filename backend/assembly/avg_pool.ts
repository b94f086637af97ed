import {openRowRing, rowRingBytes, tapBytes} from './row_ring';
import {Requantize} from './requantize';
import {GROUP, packScalarStage, scalarStageBytes, Stage, StageGroup} from './stage';
import {ConvGeometry, ScalarStageSpec} from './structs';

/** Bytes of scratch for {@link avg_pool}. */
export function avg_pool_scratch_bytes(geometry: ConvGeometry): i32 {
  return scalarStageBytes() + tapBytes(geometry) + rowRingBytes(geometry);
}

/**
 * qs8_avgpool: output rows `begin` … `end` of the batch · outHeight. Padding holds the zero point, so that the sum may run over
 * every tap.
 *
 * @param stages ScalarStageSpec [filterHeight · filterWidth], the nth for n + 1 taps inside the image
 */
export function avg_pool(
  x: usize,
  y: usize,
  geometry: ConvGeometry,
  xZeroPoint: i32,
  stages: usize,
  scratch: usize,
  begin: i32,
  end: i32,
): void {
  const taps = scratch + scalarStageBytes();
  const ring = openRowRing(taps + tapBytes(geometry), x, geometry, xZeroPoint);
  const stage = changetype<Stage>(scratch);
  const channels = geometry.outChannels;
  const tapCount = geometry.filterHeight * geometry.filterWidth;
  const bias = i32x4.splat(-tapCount * xZeroPoint);
  let packed = 0;
  for (let line = begin; line < end; line++) {
    const top = ring.advance(line);
    ring.locateTaps(top, taps);
    const rowTaps = tapsInside(
      top,
      geometry.filterHeight,
      geometry.dilationHeight,
      geometry.inHeight,
    );
    for (let column = 0; column < geometry.outWidth; column++) {
      const left = column * geometry.strideWidth;
      const inside =
        rowTaps *
        tapsInside(
          left - geometry.padLeft,
          geometry.filterWidth,
          geometry.dilationWidth,
          geometry.inWidth,
        );
      if (inside != packed) {
        packScalarStage(
          stage,
          changetype<ScalarStageSpec>(stages + (inside - 1) * offsetof<ScalarStageSpec>()),
        );
        packed = inside;
      }
      avgPoolPixel(
        taps,
        tapCount,
        left * channels,
        channels,
        bias,
        stage,
        y + (line * geometry.outWidth + column) * channels,
      );
    }
  }
}

/** How many of `taps` positions, `dilation` apart from `first` on, lie in 0 … size − 1. */
function tapsInside(first: i32, taps: i32, dilation: i32, size: i32): i32 {
  let inside = 0;
  for (let tap = 0; tap < taps; tap++) inside += i32(<u32>(first + tap * dilation) < <u32>size);
  return inside;
}

function avgPoolPixel(
  taps: usize,
  tapCount: i32,
  at: i32,
  channels: i32,
  bias: v128,
  stage: Stage,
  y: usize,
): void {
  const group = changetype<StageGroup>(stage.groups);
  const end = taps + tapCount * sizeof<usize>();
  for (let c = 0; c < channels; c += GROUP) {
    let sum0 = bias;
    let sum1 = bias;
    for (let tap = taps; tap < end; tap += sizeof<usize>()) {
      const q = v128.load8x8_s(load<usize>(tap) + at + c);
      sum0 = i32x4.add(sum0, i32x4.extend_low_i16x8_s(q));
      sum1 = i32x4.add(sum1, i32x4.extend_high_i16x8_s(q));
    }
    const q = Requantize.group(sum0, sum1, group, stage);
    Requantize.store(y + c, q, group, stage, min(channels - c, GROUP));
  }
}
