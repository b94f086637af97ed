/**
 * Compiles backend/assembly and writes the binary as base64 to backend/generated/assembly.ts: nothing to fetch, so it
 * starts synchronously. See backend/simd_module.ts.
 */
import {Buffer} from 'node:buffer';
import {mkdirSync, writeFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {compileAssembly} from './compile_assembly.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const binary = await compileAssembly('backend/assembly/index.ts', root);
const base64 = Buffer.from(binary).toString('base64');
const target = new URL('../backend/generated/', import.meta.url);
mkdirSync(target, {recursive: true});
writeFileSync(
  new URL('assembly.ts', target),
  `/** The binary of backend/assembly, made by scripts/build_assembly.mjs. */\nexport const base64: string = '${base64}';\n`,
);
