import {GROUP, packScalarStage, Requantize, scalarStageBytes, Stage, StageGroup} from './stage';
import {ScalarStageSpec} from './structs';

/** Bytes of scratch for {@link mean}. */
export function mean_scratch_bytes(): i32 {
  return scalarStageBytes();
}

/** qs8_rsum: x int8 [outer, reduced, inner] → y [outer, inner]; reduced < 2^31 / 255. */
export function mean(
  x: usize,
  y: usize,
  outer: i32,
  reduced: i32,
  inner: i32,
  xZeroPoint: i32,
  spec: ScalarStageSpec,
  scratch: usize,
): void {
  const stage = changetype<Stage>(scratch);
  packScalarStage(stage, spec);
  const bias = -reduced * xZeroPoint;
  for (; outer > 0; outer--) {
    if (inner == 1) meanOfRow(x, y, reduced, bias, stage);
    else meanOfColumns(x, y, reduced, inner, bias, stage);
    x += reduced * inner;
    y += inner;
  }
}

/** [reduced, inner] → [inner], eight columns at a time. */
function meanOfColumns(
  x: usize,
  y: usize,
  reduced: i32,
  inner: i32,
  bias: i32,
  stage: Stage,
): void {
  const group = changetype<StageGroup>(stage.groups);
  const end = x + reduced * inner;
  for (let c = 0; c < inner; c += GROUP) {
    let sum0 = i32x4.splat(bias);
    let sum1 = sum0;
    for (let row = x; row < end; row += inner) {
      const q = v128.load8x8_s(row + c);
      sum0 = i32x4.add(sum0, i32x4.extend_low_i16x8_s(q));
      sum1 = i32x4.add(sum1, i32x4.extend_high_i16x8_s(q));
    }
    const q = Requantize.group(sum0, sum1, group, stage);
    Requantize.store(y + c, q, group, stage, min(inner - c, GROUP));
  }
}

/** [reduced] → one value. */
function meanOfRow(x: usize, y: usize, reduced: i32, bias: i32, stage: Stage): void {
  const group = changetype<StageGroup>(stage.groups);
  const end = x + reduced;
  let sums = i32x4.splat(0);
  for (; x + 16 <= end; x += 16) {
    const pairs = i16x8.extadd_pairwise_i8x16_s(v128.load(x));
    sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_s(pairs));
  }
  let sum = bias;
  for (; x < end; x++) sum += load<i8>(x);
  sum += i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1);
  sum += i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
  const acc = i32x4.splat(sum);
  Requantize.store(y, Requantize.group(acc, acc, group, stage), group, stage, 1);
}
