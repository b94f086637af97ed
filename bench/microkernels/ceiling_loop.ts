/** Multiply-accumulates of one run of a ceiling's loop, of any kind. */
export const CEILING_MACS = 12_288_000;

interface CeilingExports {
  round_macs(): number;
  dot_ceiling(buffer: number, rounds: number): number;
}

/** A loop of dot products that does nothing else: what WebAssembly could reach on this machine, on one thread. */
export async function ceilingOf(binary: BufferSource): Promise<() => void> {
  const memory = new WebAssembly.Memory({initial: 1});
  const {instance} = await WebAssembly.instantiate(binary, {env: {memory}});
  const exports = instance.exports as unknown as CeilingExports;
  const rounds = CEILING_MACS / exports.round_macs();
  return () => void exports.dot_ceiling(1024, rounds);
}
