import type {
  AddOperands,
  BroadcastPlan,
  ConvGeometry,
  CopyPlan,
  FloatStage,
  OutputStage,
  PoolGeometry,
  ResizeAxis,
  ScalarStage,
} from './microkernels.js';
import type {SimdArena} from './simd_arena.js';

/** Records as backend/assembly/structs.ts reads them: int32 fields, in its order. */

export function geometryFields(geometry: ConvGeometry): number[] {
  return [
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
  ];
}

export function poolFields(geometry: PoolGeometry): number[] {
  const {channels} = geometry;
  return geometryFields({...geometry, inChannels: channels, outChannels: channels});
}

/** In the arena. @param table whether the stage's table is applied */
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

export function scalarStageFields({mantissa, shift, zeroPoint, lo, hi}: ScalarStage): number[] {
  return [mantissa, shift, zeroPoint, lo, hi];
}

export function addFields(operands: AddOperands): number[] {
  return [
    operands.aZeroPoint,
    operands.bZeroPoint,
    operands.aMantissa,
    operands.bMantissa,
    operands.shift,
    operands.zeroPoint,
    operands.lo,
    operands.hi,
  ];
}

export function planFields({outer, middle, inner, aStrides, bStrides}: BroadcastPlan): number[] {
  return [outer, middle, inner, ...aStrides, ...bStrides];
}

export function copyFields({fromOffset, toOffset, axes}: CopyPlan): number[] {
  return [
    axes.length,
    fromOffset,
    toOffset,
    ...axes.flatMap(({size, from, to}) => [size, from, to]),
  ];
}

export function resizeFields(
  sizes: {batch: number; inHeight: number; inWidth: number; channels: number},
  rows: ResizeAxis,
  columns: ResizeAxis,
): number[] {
  return [
    sizes.batch,
    sizes.inHeight,
    sizes.inWidth,
    sizes.channels,
    rows.low.length,
    columns.low.length,
    ...[rows, columns].flatMap(({low, high, weight}) => [...low, ...high, ...weight]),
  ];
}
