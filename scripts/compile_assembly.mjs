import {main} from 'assemblyscript/asc';

/** The largest memory that WebAssembly has: 4 GiB. */
const MAXIMUM_PAGES = 65536;

const OPTIONS =
  '-O3 --converge --noAssert --runtime stub --importMemory --lowMemoryLimit --enable simd --disableWarning 112';
const RELAXED = '--enable relaxed-simd';
const SHARED = `--enable threads --sharedMemory --maximumMemory ${MAXIMUM_PAGES}`;

/**
 * AssemblyScript to WebAssembly, with SIMD and a memory that comes from outside.
 *
 * Warning AS112 says that not every host can exchange vectors with a module; ours stay inside.
 *
 * @param {string} entry file, relative to `baseDir`
 * @param {string} baseDir folder
 * @param {{shared?: boolean, relaxed?: boolean}} [features] whether the memory is one that several threads share, and
 *   whether there is relaxed SIMD
 * @returns {Promise<Uint8Array>} the binary
 */
export async function compileAssembly(entry, baseDir, features = {}) {
  const {shared = false, relaxed = false} = features;
  const options = [OPTIONS, shared ? SHARED : '', relaxed ? RELAXED : ''].join(' ').trim();
  let binary;
  const {error, stderr} = await main(
    [entry, '--baseDir', baseDir, '--outFile', 'assembly.wasm', ...options.split(/ +/)],
    {
      writeFile(name, contents) {
        if (name.endsWith('.wasm')) binary = contents;
      },
    },
  );
  if (error || !binary) throw new Error(`cannot compile ${entry}\n${stderr.toString()}`);
  return binary;
}
