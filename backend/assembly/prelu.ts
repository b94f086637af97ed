import {Requantize} from './requantize';
import {GROUP, packStage, Stage, stageBytes, StageGroup} from './stage';
import {StageSpec} from './structs';

export function pack_prelu_bytes(channels: i32): i32 {
  return stageBytes(channels);
}

/** @param stage 16-byte aligned, {@link pack_prelu_bytes} long */
export function pack_prelu(stage: Stage, spec: StageSpec, channels: i32): void {
  packStage(stage, spec, 0, channels);
}

/** qs8_prelu: y[r, c] = stage(x[r, c] − xZeroPoint), int8 [rows, channels]; rows `begin` … `end`. */
export function prelu(
  x: usize,
  y: usize,
  stage: Stage,
  xZeroPoint: i32,
  begin: i32,
  end: i32,
): void {
  const channels = stage.channels;
  const zeroPoint = i16x8.splat(<i16>xZeroPoint);
  x += begin * channels;
  y += begin * channels;
  for (let row = begin; row < end; row++) {
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
