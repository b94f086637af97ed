import type {
  AddOperands,
  BroadcastPlan,
  ConvGeometry,
  FloatStage,
  OutputStage,
  PoolGeometry,
  ResizeAxis,
  ScalarStage,
} from './microkernels.js';
import type {SimdArena} from './simd_arena.js';

/** Records as backend/assembly/structs.ts reads them: int32 fields, in its order. All live in the arena. */

export function geometryRecord(arena: SimdArena, geometry: ConvGeometry): number {
  return arena.int32([
    geometry.batch,
    geometry.inHeight,
    geometry.inWidth,
    geometry.inChannels,
    geometry.outHeight,
    geometry.outWidth,
    geometry.outChannels,
    geometry.filterHeight,
    geometry.filterWidth,
    geometry.strideHeight,
    geometry.strideWidth,
    geometry.dilationHeight,
    geometry.dilationWidth,
    geometry.padTop,
    geometry.padLeft,
  ]);
}

export function poolRecord(arena: SimdArena, geometry: PoolGeometry): number {
  const {channels} = geometry;
  return geometryRecord(arena, {...geometry, inChannels: channels, outChannels: channels});
}

/** @param table whether the stage's table is applied */
export function stageRecord(
  arena: SimdArena,
  stage: OutputStage | FloatStage,
  table = true,
): number {
  if ('scale' in stage) {
    const scaleBits = new Int32Array(stage.scale.slice().buffer);
    return arena.int32([arena.int32(scaleBits), 0, 0, 0, 0, 0, 0, 1]);
  }
  const mantissa = arena.int32(stage.mantissa);
  const negativeMantissa = arena.int32(stage.negativeMantissa);
  const hi = arena.int8(stage.hi);
  const tableAt = table && stage.table ? arena.int8(stage.table) : 0;
  return arena.int32([
    mantissa,
    negativeMantissa,
    hi,
    tableAt,
    stage.shift,
    stage.zeroPoint,
    stage.lo,
    0,
  ]);
}

export function scalarStageRecords(arena: SimdArena, stages: readonly ScalarStage[]): number {
  return arena.int32(
    stages.flatMap(({mantissa, shift, zeroPoint, lo, hi}) => [mantissa, shift, zeroPoint, lo, hi]),
  );
}

export function addRecord(arena: SimdArena, operands: AddOperands): number {
  return arena.int32([
    operands.aZeroPoint,
    operands.bZeroPoint,
    operands.aMantissa,
    operands.bMantissa,
    operands.shift,
    operands.zeroPoint,
    operands.lo,
    operands.hi,
  ]);
}

export function planRecord(arena: SimdArena, plan: BroadcastPlan): number {
  const {outer, middle, inner, aStrides, bStrides} = plan;
  return arena.int32([outer, middle, inner, ...aStrides, ...bStrides]);
}

export function resizeRecord(
  arena: SimdArena,
  sizes: {batch: number; inHeight: number; inWidth: number; channels: number},
  rows: ResizeAxis,
  columns: ResizeAxis,
): number {
  const axes = [rows, columns].flatMap(({low, high, weight}) => [
    arena.int32(low),
    arena.int32(high),
    arena.int32(weight),
  ]);
  return arena.int32([
    sizes.batch,
    sizes.inHeight,
    sizes.inWidth,
    sizes.channels,
    rows.low.length,
    columns.low.length,
    ...axes,
  ]);
}
