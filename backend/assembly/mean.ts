import {Requantize} from './requantize';
import {GROUP, packScalarStage, scalarStageBytes, Stage, StageGroup} from './stage';
import {ScalarStageSpec} from './structs';

/** Bytes of scratch for {@link mean}. */
export function mean_scratch_bytes(): i32 {
  return scalarStageBytes();
}

/**
 * qs8_rsum: x int8 [outer, reduced, inner] → y [outer, inner]; reduced < 2^31 / 255. Elements `begin` … `end` of y,
 * up to eight neighbours at a time.
 */
export function mean(
  x: usize,
  y: usize,
  reduced: i32,
  inner: i32,
  xZeroPoint: i32,
  spec: ScalarStageSpec,
  scratch: usize,
  begin: i32,
  end: i32,
): void {
  const stage = changetype<Stage>(scratch);
  packScalarStage(stage, spec);
  const bias = -reduced * xZeroPoint;
  if (inner == 1) {
    for (let at = begin; at < end; at++) meanOfRow(x + at * reduced, y + at, reduced, bias, stage);
    return;
  }
  for (let at = begin; at < end;) {
    const outer = at / inner;
    const column = at - outer * inner;
    const count = min(GROUP, min(inner - column, end - at));
    const from = x + outer * reduced * inner + column;
    meanOfColumns(from, y + at, reduced, inner, count, bias, stage);
    at += count;
  }
}

/** The first `count` columns, at most eight, of [reduced, inner]. */
function meanOfColumns(
  x: usize,
  y: usize,
  reduced: i32,
  inner: i32,
  count: i32,
  bias: i32,
  stage: Stage,
): void {
  const group = changetype<StageGroup>(stage.groups);
  let sum0 = i32x4.splat(bias);
  let sum1 = sum0;
  for (const end = x + reduced * inner; x < end; x += inner) {
    const q = v128.load8x8_s(x);
    sum0 = i32x4.add(sum0, i32x4.extend_low_i16x8_s(q));
    sum1 = i32x4.add(sum1, i32x4.extend_high_i16x8_s(q));
  }
  const q = Requantize.group(sum0, sum1, group, stage);
  Requantize.store(y, q, group, stage, count);
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
