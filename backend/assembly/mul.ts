import {broadcast} from './broadcast';
import {Lanes} from './lanes';
import {Requantize} from './requantize';
import {packScalarStage, scalarStageBytes, Stage, StageGroup} from './stage';
import {BroadcastPlan, MulSpec} from './structs';

/** (3) on (a − aZeroPoint) · (b − bZeroPoint), of which each factor has 9 bits and the product 17. */
@unmanaged
class MulOp {
  aZeroPoint: v128;
  bZeroPoint: v128;

  get stage(): Stage {
    return changetype<Stage>(changetype<usize>(this) + offsetof<MulOp>());
  }

  @inline apply(a: v128, b: v128): v128 {
    const group = changetype<StageGroup>(this.stage.groups);
    const first = this.half(i16x8.extend_low_i8x16_s(a), i16x8.extend_low_i8x16_s(b));
    const second = this.half(i16x8.extend_high_i8x16_s(a), i16x8.extend_high_i8x16_s(b));
    return Lanes.clamp(i8x16.narrow_i16x8_s(first, second), this.stage.lo, group.hi);
  }

  @inline half(a: v128, b: v128): v128 {
    const x = i16x8.sub(a, this.aZeroPoint);
    const z = i16x8.sub(b, this.bZeroPoint);
    const group = changetype<StageGroup>(this.stage.groups);
    const low = i32x4.extmul_low_i16x8_s(x, z);
    return Requantize.group(low, i32x4.extmul_high_i16x8_s(x, z), group, this.stage);
  }
}

/** Bytes of scratch for {@link mul}. */
export function mul_scratch_bytes(): i32 {
  return offsetof<MulOp>() + scalarStageBytes();
}

/** qs8_vmul: elements `begin` … `end` of y. */
export function mul(
  a: usize,
  b: usize,
  y: usize,
  plan: BroadcastPlan,
  spec: MulSpec,
  scratch: usize,
  begin: i32,
  end: i32,
): void {
  const op = changetype<MulOp>(scratch);
  op.aZeroPoint = i16x8.splat(<i16>spec.aZeroPoint);
  op.bZeroPoint = i16x8.splat(<i16>spec.bZeroPoint);
  packScalarStage(op.stage, spec.stage);
  broadcast<MulOp>(a, b, y, plan, op, begin, end);
}
