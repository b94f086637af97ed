/** What crosses the border from TypeScript: records of 32-bit integers, fields in the order of `simd_records.ts`. */

/** Sizes in elements; see `ConvGeometry` of `microkernels.ts`. */
@unmanaged
export class ConvGeometry {
  batch: i32;
  inHeight: i32;
  inWidth: i32;
  inChannels: i32;
  outHeight: i32;
  outWidth: i32;
  outChannels: i32;
  filterHeight: i32;
  filterWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  dilationHeight: i32;
  dilationWidth: i32;
  padTop: i32;
  padLeft: i32;
}

/** The rows of a transposed convolution, and behind these fields a {@link RowPhase} for each of the strideHeight. */
@unmanaged
export class TransposedSpec {
  outHeight: i32;
  outWidth: i32;
  channels: i32;
  strideHeight: i32;
  padTop: i32;
  /** Pixels that the phases make before the first of a row. */
  cropLeft: i32;

  phase(i: i32): RowPhase {
    const at = changetype<usize>(this) + offsetof<TransposedSpec>();
    return changetype<RowPhase>(at + i * (offsetof<RowPhase>() + offsetof<ConvGeometry>()));
  }
}

/** Every strideHeight-th row of a transposed convolution: a convolution, each of whose pixels is strideWidth of y's. */
@unmanaged
export class RowPhase {
  /** A `Filter`. */
  filter: usize;

  get geometry(): ConvGeometry {
    return changetype<ConvGeometry>(changetype<usize>(this) + offsetof<RowPhase>());
  }
}

/**
 * An output stage as it comes: arrays [channels] of int32, `hi` of int8, `table` [256] of int8 or 0. Where `isFloat`,
 * `mantissa` holds the float32 scales and nothing else counts.
 */
@unmanaged
export class StageSpec {
  mantissa: usize;
  negativeMantissa: usize;
  hi: usize;
  table: usize;
  shift: i32;
  zeroPoint: i32;
  lo: i32;
  isFloat: i32;
}

/** One stage for all channels. */
@unmanaged
export class ScalarStageSpec {
  mantissa: i32;
  shift: i32;
  zeroPoint: i32;
  lo: i32;
  hi: i32;
}

/** The shape of a filter: depth is height · width · inChannels, or for depthwise height · width. */
@unmanaged
export class FilterSpec {
  values: usize;
  zeroPoint: usize;
  bias: usize;
  depth: i32;
  channels: i32;
  xZeroPoint: i32;
}

/** The zero points of a product's factors, and its stage. */
@unmanaged
export class MulSpec {
  aZeroPoint: i32;
  bZeroPoint: i32;

  get stage(): ScalarStageSpec {
    return changetype<ScalarStageSpec>(changetype<usize>(this) + offsetof<MulSpec>());
  }
}

/** One operand's part in (5), and the stage of the sum. */
@unmanaged
export class AddSpec {
  aZeroPoint: i32;
  bZeroPoint: i32;
  aMantissa: i32;
  bMantissa: i32;
  shift: i32;
  zeroPoint: i32;
  lo: i32;
  hi: i32;
}

/** The output as [outer, middle, inner], and each operand's strides in bytes. */
@unmanaged
export class BroadcastPlan {
  outer: i32;
  middle: i32;
  inner: i32;
  aOuter: i32;
  aMiddle: i32;
  aInner: i32;
  bOuter: i32;
  bMiddle: i32;
  bInner: i32;
}

/** See `CopyPlan` of `microkernels.ts`; behind these fields its axes. */
@unmanaged
export class CopySpec {
  axisCount: i32;
  fromOffset: i32;
  toOffset: i32;

  axis(i: i32): CopyAxis {
    const at = changetype<usize>(this) + offsetof<CopySpec>();
    return changetype<CopyAxis>(at + i * offsetof<CopyAxis>());
  }
}

@unmanaged
export class CopyAxis {
  size: i32;
  from: i32;
  to: i32;
}

/** Sizes, and behind them for each axis three int32 arrays; see `ResizeAxis` of `microkernels.ts`. */
@unmanaged
export class ResizeSpec {
  batch: i32;
  inHeight: i32;
  inWidth: i32;
  channels: i32;
  outHeight: i32;
  outWidth: i32;

  get rowLow(): usize {
    return changetype<usize>(this) + offsetof<ResizeSpec>();
  }

  get rowHigh(): usize {
    return this.rowLow + (this.outHeight << 2);
  }

  get rowWeight(): usize {
    return this.rowHigh + (this.outHeight << 2);
  }

  get columnLow(): usize {
    return this.rowWeight + (this.outHeight << 2);
  }

  get columnHigh(): usize {
    return this.columnLow + (this.outWidth << 2);
  }

  get columnWeight(): usize {
    return this.columnHigh + (this.outWidth << 2);
  }
}
