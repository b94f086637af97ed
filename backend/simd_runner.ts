import {type Extent, type Opcode, SimdCommand} from './simd_command.js';
import type {SimdMemory} from './simd_memory.js';
import type {SimdExports, SimdInstance} from './simd_module.js';

/** Runs commands that lie in the WASM memory: here, or on several threads at the same time. */
export interface Executor {
  /** Each has scratch of its own: those that may join in while a command runs count, too. */
  readonly threads: number;
  /**
   * Runs all parts, however many: `run(command, part, parts, thread)` for each part, whose order does not matter.
   *
   * @param command its address
   */
  execute(command: number, extent: Extent): void;
}

/** Everything on this thread. */
export function singleThread({exports: {run}}: SimdInstance): Executor {
  return {threads: 1, execute: command => run(command, 0, 1, 0)};
}

const REGION_BYTES = 65536;

/**
 * The one place where kernels of backend/assembly run: writes a command to the WASM memory, with scratch for every
 * thread behind it, and has it executed.
 */
export class SimdRunner {
  private region = 0;
  private regionBytes = 0;

  constructor(
    private readonly exports: SimdExports,
    private readonly memory: SimdMemory,
    private readonly executor: Executor,
  ) {}

  /** A command that may run any number of times. */
  command(opcode: Opcode, extent: Extent, parameters: ArrayLike<number>): SimdCommand {
    const command = new SimdCommand(opcode, extent, parameters);
    this.reserve(command.bytes);
    command.write(this.memory.ints, this.region >> 2, 0, 0, 0);
    command.scratchBytes = this.exports.scratch_bytes(this.region);
    return command;
  }

  /** @param x address of an operand, as `b` (0 if there is none) and the result `y` */
  run(command: SimdCommand, x: number, b: number, y: number): void {
    if (command.extent.units === 0) return;
    this.reserve(command.bytes + this.executor.threads * command.scratchBytes);
    command.write(this.memory.ints, this.region >> 2, x, b, y);
    this.executor.execute(this.region, command.extent);
  }

  /**
   * Memory that lasts until another command runs, for an operand of this one, which must have no scratch.
   *
   * @returns its address, a multiple of 16
   */
  operand(command: SimdCommand, bytes: number): number {
    this.reserve(command.bytes + bytes);
    return this.region + command.bytes;
  }

  /** Makes the region hold so much; its content does not outlast that. */
  private reserve(bytes: number): void {
    if (bytes <= this.regionBytes) return;
    if (this.regionBytes > 0) this.memory.release(this.region, this.regionBytes);
    this.regionBytes = 0;
    const size = Math.max(bytes, REGION_BYTES);
    this.region = this.memory.reserve(size);
    this.regionBytes = size;
  }
}
