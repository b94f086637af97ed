import {fileURLToPath} from 'node:url';
import {compileAssembly} from '../../scripts/compile_assembly.mjs';
import {type Ceiling, ceilingOf} from './ceiling_loop.js';

/** The binary of the loop in backend/assembly/dot_ceiling.ts. */
export async function ceilingBinary() {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  return compileAssembly('backend/assembly/dot_ceiling.ts', root);
}

export async function dotCeiling(): Promise<Ceiling> {
  return ceilingOf(await ceilingBinary());
}
