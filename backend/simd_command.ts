/** In the order of backend/assembly/command.ts. */
const OPCODES = [
  'conv2D',
  'matMul',
  'matMulChannels',
  'depthwise',
  'transposedConv2D',
  'maxPool',
  'avgPool',
  'mean',
  'add',
  'mul',
  'maximum',
  'minimum',
  'prelu',
  'lookup',
  'resize',
  'softmax',
  'quantize',
  'dequantize',
  'copy',
] as const;

export type Opcode = (typeof OPCODES)[number];

/** How a command can be split, and whether that is worth it. */
export interface Extent {
  /** Pixels, rows, groups of channels or elements of the result. */
  readonly units: number;
  /** Parts begin at multiples of so many units. */
  readonly grain: number;
  /** About how long it takes, in the multiply-accumulates that a large matrix product does meanwhile. */
  readonly cost: number;
}

/** int32 fields of the head of a command: opcode, units, grain, scratchBytes, scratch, x, b, y. */
const HEAD = 8;
const SCRATCH_BYTES = 3;
const SCRATCH = 4;

/**
 * A call of a kernel as WASM reads it, but for its operands: int32 fields, all that depends on attributes and shapes.
 * It is copied into the WASM memory at each run, which takes less time than keeping track of who owns which record there.
 */
export class SimdCommand {
  readonly fields: Int32Array;
  /** A multiple of 16, so that scratch may follow. */
  readonly bytes: number;

  /** @param parameters the fields of the opcode's own kind, and its records */
  constructor(
    opcode: Opcode,
    readonly extent: Extent,
    parameters: ArrayLike<number>,
  ) {
    this.fields = new Int32Array(HEAD + parameters.length);
    this.fields.set([OPCODES.indexOf(opcode), extent.units, extent.grain]);
    this.fields.set(parameters, HEAD);
    this.bytes = Math.ceil(this.fields.byteLength / 16) * 16;
  }

  /** Of one thread. */
  get scratchBytes(): number {
    return this.fields[SCRATCH_BYTES];
  }

  /** A multiple of a cache line, so that threads do not share one. */
  set scratchBytes(bytes: number) {
    this.fields[SCRATCH_BYTES] = Math.ceil(bytes / 64) * 64;
  }

  /** Copies the command to int32 number `at` of the memory. */
  write(memory: Int32Array, at: number, x: number, b: number, y: number): void {
    memory.set(this.fields, at);
    memory[at + SCRATCH] = 4 * at + this.bytes;
    memory[at + SCRATCH + 1] = x;
    memory[at + SCRATCH + 2] = b;
    memory[at + SCRATCH + 3] = y;
  }
}

/** The bits of a float32 as an int32 field. */
export function floatField(value: number): number {
  return new Int32Array(Float32Array.of(value).buffer)[0];
}
