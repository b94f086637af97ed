import {fileURLToPath} from 'node:url';
import {compileAssembly} from '../../scripts/compile_assembly.mjs';
import {ceilingOf} from './ceiling_loop.js';

/** The binary of the loop in backend/assembly/dot_ceiling.ts. @param relaxed of bytes, with relaxed SIMD */
export async function ceilingBinary(relaxed: boolean) {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  return compileAssembly('backend/assembly/dot_ceiling.ts', root, {relaxed});
}

export async function dotCeiling(relaxed: boolean): Promise<() => void> {
  return ceilingOf(await ceilingBinary(relaxed));
}
