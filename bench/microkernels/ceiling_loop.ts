const ROUNDS = 200_000;

interface CeilingExports {
  round_macs(): number;
  dot_ceiling(buffer: number, rounds: number): number;
}

export interface Ceiling {
  readonly run: () => void;
  /** Multiply-accumulates of one run. */
  readonly macs: number;
}

/** A loop of int16 dot products that does nothing else: what WebAssembly could reach on this machine, on one thread. */
export async function ceilingOf(binary: BufferSource): Promise<Ceiling> {
  const memory = new WebAssembly.Memory({initial: 1});
  const {instance} = await WebAssembly.instantiate(binary, {env: {memory}});
  const exports = instance.exports as unknown as CeilingExports;
  return {
    run: () => void exports.dot_ceiling(1024, ROUNDS),
    macs: ROUNDS * exports.round_macs(),
  };
}
