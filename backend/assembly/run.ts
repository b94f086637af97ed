import {add, add_scratch_bytes} from './add';
import {avg_pool, avg_pool_scratch_bytes} from './avg_pool';
import {
  BinaryCommand,
  Command,
  ConvolutionCommand,
  CopyCommand,
  GridCommand,
  MatMulCommand,
  MeanCommand,
  Opcode,
  PoolCommand,
  PReluCommand,
  ResizeCommand,
  SoftmaxCommand,
  TransposedCommand,
} from './command';
import {conv2d, conv2d_scratch_bytes} from './conv2d';
import {copy} from './copy';
import {depthwise, depthwise_scratch_bytes} from './depthwise';
import {dequantize} from './dequantize';
import {lookup} from './lookup';
import {gemm_scratch_bytes, matmul, matmul_channels} from './matmul';
import {max_pool, max_pool_scratch_bytes} from './max_pool';
import {maximum} from './maximum';
import {mean, mean_scratch_bytes} from './mean';
import {minimum} from './minimum';
import {mul, mul_scratch_bytes} from './mul';
import {prelu} from './prelu';
import {quantize} from './quantize';
import {resize} from './resize';
import {softmax} from './softmax';
import {transposed_conv2d, transposed_conv2d_scratch_bytes} from './transposed_conv2d';

/**
 * Runs part `part` of `parts` of a command. Parts may run in any order, at the same time too: each writes bytes of y
 * that no other does, and whatever their number, all of them together write the same.
 *
 * @param thread counted from 0; threads that run at the same time have scratch of their own
 */
export function run(command: Command, part: i32, parts: i32, thread: i32): void {
  const begin = command.begin(part, parts);
  const end = command.begin(part + 1, parts);
  if (begin >= end) return;
  const scratch = command.scratch + thread * command.scratchBytes;
  const x = command.x;
  const b = command.b;
  const y = command.y;
  switch (command.opcode) {
    case Opcode.CONV2D: {
      const c = changetype<ConvolutionCommand>(command);
      conv2d(x, c.filter, y, c.geometry, scratch, begin, end);
      break;
    }
    case Opcode.MATMUL: {
      const c = changetype<MatMulCommand>(command);
      matmul(x, c.filter, y, c.depth, scratch, begin, end);
      break;
    }
    case Opcode.MATMUL_CHANNELS: {
      const c = changetype<MatMulCommand>(command);
      matmul_channels(x, c.filter, y, c.rows, c.depth, scratch, begin, end);
      break;
    }
    case Opcode.DEPTHWISE: {
      const c = changetype<ConvolutionCommand>(command);
      depthwise(x, c.filter, y, c.geometry, scratch, begin, end);
      break;
    }
    case Opcode.TRANSPOSED_CONV2D: {
      transposed_conv2d(x, y, changetype<TransposedCommand>(command).spec, scratch, begin, end);
      break;
    }
    case Opcode.MAX_POOL: {
      max_pool(x, y, changetype<PoolCommand>(command).geometry, scratch, begin, end);
      break;
    }
    case Opcode.AVG_POOL: {
      const c = changetype<PoolCommand>(command);
      avg_pool(x, y, c.geometry, c.xZeroPoint, c.stages, scratch, begin, end);
      break;
    }
    case Opcode.MEAN: {
      const c = changetype<MeanCommand>(command);
      mean(x, y, c.reduced, c.inner, c.xZeroPoint, c.stage, scratch, begin, end);
      break;
    }
    case Opcode.ADD: {
      const c = changetype<BinaryCommand>(command);
      add(x, b, y, c.plan, c.operands, scratch, begin, end);
      break;
    }
    case Opcode.MUL: {
      const c = changetype<BinaryCommand>(command);
      mul(x, b, y, c.plan, c.factors, scratch, begin, end);
      break;
    }
    case Opcode.MAXIMUM: {
      maximum(x, b, y, changetype<BinaryCommand>(command).plan, begin, end);
      break;
    }
    case Opcode.MINIMUM: {
      minimum(x, b, y, changetype<BinaryCommand>(command).plan, begin, end);
      break;
    }
    case Opcode.PRELU: {
      const c = changetype<PReluCommand>(command);
      prelu(x, y, c.stage, c.xZeroPoint, begin, end);
      break;
    }
    case Opcode.LOOKUP: {
      lookup(x + begin, b, y + begin, end - begin);
      break;
    }
    case Opcode.RESIZE: {
      resize(x, y, changetype<ResizeCommand>(command).spec, begin, end);
      break;
    }
    case Opcode.SOFTMAX: {
      const c = changetype<SoftmaxCommand>(command);
      softmax(x, y, c.channels, c.exponentials, c.levels, c.zeroPoint, c.hi, begin, end);
      break;
    }
    case Opcode.QUANTIZE: {
      const c = changetype<GridCommand>(command);
      quantize(x + (begin << 2), y + begin, end - begin, c.scale, c.zeroPoint, c.lo, c.hi);
      break;
    }
    case Opcode.DEQUANTIZE: {
      const c = changetype<GridCommand>(command);
      dequantize(x + begin, y + (begin << 2), end - begin, c.scale, c.zeroPoint);
      break;
    }
    case Opcode.COPY: {
      copy(x, y, changetype<CopyCommand>(command).spec, begin, end);
      break;
    }
  }
}

/** Bytes of scratch that one thread needs to {@link run} any part. */
export function scratch_bytes(command: Command): i32 {
  switch (command.opcode) {
    case Opcode.CONV2D: {
      const c = changetype<ConvolutionCommand>(command);
      return conv2d_scratch_bytes(c.filter, c.geometry);
    }
    case Opcode.MATMUL:
    case Opcode.MATMUL_CHANNELS:
      return gemm_scratch_bytes(changetype<MatMulCommand>(command).filter);
    case Opcode.DEPTHWISE:
      return depthwise_scratch_bytes(changetype<ConvolutionCommand>(command).geometry);
    case Opcode.TRANSPOSED_CONV2D:
      return transposed_conv2d_scratch_bytes(changetype<TransposedCommand>(command).spec);
    case Opcode.MAX_POOL:
      return max_pool_scratch_bytes(changetype<PoolCommand>(command).geometry);
    case Opcode.AVG_POOL:
      return avg_pool_scratch_bytes(changetype<PoolCommand>(command).geometry);
    case Opcode.MEAN:
      return mean_scratch_bytes();
    case Opcode.ADD:
      return add_scratch_bytes();
    case Opcode.MUL:
      return mul_scratch_bytes();
    default:
      return 0;
  }
}
