import {main} from 'assemblyscript/asc';

/**
 * AssemblyScript to WebAssembly, with SIMD and a memory that comes from outside.
 *
 * Warning AS112 says that not every host can exchange vectors with a module; ours stay inside.
 *
 * @param {string} entry file, relative to `baseDir`
 * @param {string} baseDir folder
 * @returns {Promise<Uint8Array>} the binary
 */
export async function compileAssembly(entry, baseDir) {
  const options =
    '-O3 --converge --noAssert --runtime stub --importMemory --lowMemoryLimit --enable simd --disableWarning 112';
  let binary;
  const {error, stderr} = await main(
    [entry, '--baseDir', baseDir, '--outFile', 'assembly.wasm', ...options.split(' ')],
    {
      writeFile(name, contents) {
        if (name.endsWith('.wasm')) binary = contents;
      },
    },
  );
  if (error || !binary) throw new Error(`cannot compile ${entry}\n${stderr.toString()}`);
  return binary;
}
