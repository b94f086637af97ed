import {Filter} from './filter';
import {Stage} from './stage';
import {
  AddSpec,
  BroadcastPlan,
  ConvGeometry,
  CopySpec,
  MulSpec,
  ResizeSpec,
  ScalarStageSpec,
  TransposedSpec,
} from './structs';

/** In the order of `OPCODES` in simd_command.ts. */
export enum Opcode {
  CONV2D,
  MATMUL,
  MATMUL_CHANNELS,
  DEPTHWISE,
  TRANSPOSED_CONV2D,
  MAX_POOL,
  AVG_POOL,
  MEAN,
  ADD,
  MUL,
  MAXIMUM,
  MINIMUM,
  PRELU,
  LOOKUP,
  RESIZE,
  SOFTMAX,
  QUANTIZE,
  DEQUANTIZE,
  COPY,
}

/**
 * A call of a kernel: these fields, those of its kind, and the records of its kind one behind the other. Nothing in it
 * points into it, so that it may be copied anywhere; simd_command.ts writes it.
 */
@unmanaged
export class Command {
  opcode: Opcode;
  /** What can be split: pixels, rows, groups of channels, elements. */
  units: i32;
  /** Parts begin at multiples of so many units. */
  grain: i32;
  /** Of one thread. */
  scratchBytes: i32;
  /** That of the first thread, 16-byte aligned. */
  scratch: usize;
  x: usize;
  /** The second operand, if there is one. */
  b: usize;
  y: usize;

  /** The first unit of a part. */
  begin(part: i32, parts: i32): i32 {
    const grains = (this.units + this.grain - 1) / this.grain;
    return min<i32>(this.units, <i32>((<i64>grains * part) / parts) * this.grain);
  }

  /** What lies behind the fields, of which the kind has `fields` bytes in all. */
  behind(fields: usize): usize {
    return changetype<usize>(this) + fields;
  }
}

/** CONV2D, DEPTHWISE */
@unmanaged
export class ConvolutionCommand extends Command {
  filter: Filter;

  get geometry(): ConvGeometry {
    return changetype<ConvGeometry>(this.behind(offsetof<ConvolutionCommand>()));
  }
}

/** TRANSPOSED_CONV2D */
@unmanaged
export class TransposedCommand extends Command {
  get spec(): TransposedSpec {
    return changetype<TransposedSpec>(this.behind(offsetof<TransposedCommand>()));
  }
}

/** MATMUL, MATMUL_CHANNELS */
@unmanaged
export class MatMulCommand extends Command {
  filter: Filter;
  rows: i32;
  depth: i32;
}

/** MAX_POOL, AVG_POOL */
@unmanaged
export class PoolCommand extends Command {
  xZeroPoint: i32;

  get geometry(): ConvGeometry {
    return changetype<ConvGeometry>(this.behind(offsetof<PoolCommand>()));
  }

  /** ScalarStageSpec [filterHeight · filterWidth] */
  get stages(): usize {
    return changetype<usize>(this.geometry) + offsetof<ConvGeometry>();
  }
}

/** MEAN */
@unmanaged
export class MeanCommand extends Command {
  reduced: i32;
  inner: i32;
  xZeroPoint: i32;

  get stage(): ScalarStageSpec {
    return changetype<ScalarStageSpec>(this.behind(offsetof<MeanCommand>()));
  }
}

/** ADD, MUL, MAXIMUM, MINIMUM */
@unmanaged
export class BinaryCommand extends Command {
  get plan(): BroadcastPlan {
    return changetype<BroadcastPlan>(this.behind(offsetof<BinaryCommand>()));
  }

  /** ADD */
  get operands(): AddSpec {
    return changetype<AddSpec>(changetype<usize>(this.plan) + offsetof<BroadcastPlan>());
  }

  /** MUL */
  get factors(): MulSpec {
    return changetype<MulSpec>(changetype<usize>(this.plan) + offsetof<BroadcastPlan>());
  }
}

/** PRELU */
@unmanaged
export class PReluCommand extends Command {
  stage: Stage;
  xZeroPoint: i32;
}

/** RESIZE */
@unmanaged
export class ResizeCommand extends Command {
  get spec(): ResizeSpec {
    return changetype<ResizeSpec>(this.behind(offsetof<ResizeCommand>()));
  }
}

/** SOFTMAX */
@unmanaged
export class SoftmaxCommand extends Command {
  channels: i32;
  levels: i32;
  zeroPoint: i32;
  hi: i32;

  /** int32 [256] */
  get exponentials(): usize {
    return this.behind(offsetof<SoftmaxCommand>());
  }
}

/** COPY */
@unmanaged
export class CopyCommand extends Command {
  get spec(): CopySpec {
    return changetype<CopySpec>(this.behind(offsetof<CopyCommand>()));
  }
}

/** QUANTIZE, DEQUANTIZE */
@unmanaged
export class GridCommand extends Command {
  /** QUANTIZE: its inverse. */
  scale: f32;
  zeroPoint: i32;
  lo: i32;
  hi: i32;
}
