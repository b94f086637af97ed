/**
 * Compiles backend/assembly and writes binaries as base64 to backend/generated: nothing to fetch, so they start
 * synchronously. One module each, so that a bundler can leave the one with relaxed SIMD to those who run it.
 * See backend/simd_binary.ts.
 */
import {Buffer} from 'node:buffer';
import {mkdirSync, writeFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {compileAssembly} from './compile_assembly.mjs';

/** How the import section names the memory; the flags of its limits follow. */
const MEMORY_IMPORT = '\x03env\x06memory\x02';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = new URL('../backend/generated/', import.meta.url);

async function embed(entry, name, features) {
  const binary = Buffer.from(await compileAssembly(entry, root, features));
  const memoryFlagsAt = binary.indexOf(MEMORY_IMPORT) + MEMORY_IMPORT.length;
  const text = `/** The binary of ${entry}, made by scripts/build_assembly.mjs. */
export const name: string = '${name}';

export const base64: string = '${binary.toString('base64')}';

/** Where it says whether its memory is shared, and that it has a maximum. */
export const memoryFlagsAt: number = ${memoryFlagsAt};
`;
  writeFileSync(new URL(`${name}.ts`, target), text);
}

mkdirSync(target, {recursive: true});
await embed('backend/assembly/index.ts', 'simd', {shared: true});
await embed('backend/assembly/index.ts', 'relaxed_simd', {shared: true, relaxed: true});
await embed('backend/assembly/dot_probe.ts', 'dot_probe', {shared: true, relaxed: true});
