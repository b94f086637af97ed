import {GROUP, packStage, Requantize, Stage, stageBytes, StageGroup} from './stage';
import {StageSpec} from './structs';

/** Bytes of scratch for {@link prelu}. */
export function prelu_scratch_bytes(channels: i32): i32 {
  return stageBytes(channels);
}

/** qs8_prelu: y[r, c] = stage(x[r, c] − xZeroPoint), int8 [rows, channels]. */
export function prelu(
  x: usize,
  y: usize,
  rows: i32,
  channels: i32,
  xZeroPoint: i32,
  spec: StageSpec,
  scratch: usize,
): void {
  const stage = changetype<Stage>(scratch);
  packStage(stage, spec, 0, channels);
  const zeroPoint = i16x8.splat(<i16>xZeroPoint);
  for (; rows > 0; rows--) {
    let group = stage.groups;
    for (let c = 0; c < channels; c += GROUP) {
      const record = changetype<StageGroup>(group);
      const steps = i16x8.sub(v128.load8x8_s(x + c), zeroPoint);
      const low = i32x4.extend_low_i16x8_s(steps);
      const q = Requantize.group(low, i32x4.extend_high_i16x8_s(steps), record, stage);
      Requantize.store(y + c, q, record, stage, min(channels - c, GROUP));
      group += offsetof<StageGroup>();
    }
    x += channels;
    y += channels;
  }
}
