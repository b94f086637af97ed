import {fileURLToPath} from 'node:url';
import {compileAssembly} from '../../scripts/compile_assembly.mjs';

const ROUNDS = 200_000;

interface CeilingExports {
  round_macs(): number;
  dot_ceiling(buffer: number, rounds: number): number;
}

/** A loop of int16 dot products that does nothing else: what WebAssembly could reach on this machine. */
export async function dotCeiling(): Promise<{run: () => void; macs: number}> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const binary = await compileAssembly('backend/assembly/dot_ceiling.ts', root);
  const memory = new WebAssembly.Memory({initial: 1});
  const {instance} = await WebAssembly.instantiate(binary, {env: {memory}});
  const exports = instance.exports as unknown as CeilingExports;
  return {
    run: () => void exports.dot_ceiling(1024, ROUNDS),
    macs: ROUNDS * exports.round_macs(),
  };
}
