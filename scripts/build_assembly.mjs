/**
 * Compiles backend/assembly and writes the binary as base64 to backend/generated/assembly.ts: nothing to fetch, so it
 * starts synchronously. See backend/simd_module.ts.
 */
import {Buffer} from 'node:buffer';
import {mkdirSync, writeFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {compileAssembly} from './compile_assembly.mjs';

/** How the import section names the memory; the flags of its limits follow. */
const MEMORY_IMPORT = '\x03env\x06memory\x02';

const root = fileURLToPath(new URL('..', import.meta.url));
const binary = Buffer.from(
  await compileAssembly('backend/assembly/index.ts', root, {shared: true}),
);
const memoryFlagsAt = binary.indexOf(MEMORY_IMPORT) + MEMORY_IMPORT.length;
const text = `/** The binary of backend/assembly, made by scripts/build_assembly.mjs. */
export const base64: string = '${binary.toString('base64')}';

/** Where it says that its memory is shared and has a maximum. */
export const memoryFlagsAt: number = ${memoryFlagsAt};
`;
const target = new URL('../backend/generated/', import.meta.url);
mkdirSync(target, {recursive: true});
writeFileSync(new URL('assembly.ts', target), text);
