/**
 * Where a browser finds the binaries of tfjs-backend-wasm when the app does not say.
 *
 * That package fetches them from beside the page's script, where no bundler puts them. Ours travel
 * with our own code, and are the default from when we are imported; what the app says after that
 * with `setWasmPaths` wins. In Node the package finds its own files, and nothing here does anything.
 *
 * The default is a path of our own scheme that tfjs fetches through its platform, which we teach
 * that scheme. Being a real response rather than a blob: or data: address, it needs nothing of a
 * page's content security policy beyond 'wasm-unsafe-eval'.
 */
import {env} from '@tensorflow/tfjs-core';
import {setWasmPaths} from '@tensorflow/tfjs-backend-wasm';

type PlatformFetch = ReturnType<typeof env>['platform']['fetch'];

/** What we use of the web's APIs; this folder is compiled without the DOM library. */
interface Web {
  atob(base64: string): string;
  DecompressionStream: new (format: 'gzip') => unknown;
  Response: new (body: unknown) => {readonly body: {pipeThrough(transform: unknown): unknown}};
}
const web = globalThis as unknown as Web;

const scheme = 'tfjs-dfq-embedded:';

/** One module each, loaded at first use, so that a page gets only the binary it runs. */
const binaries: Readonly<Record<string, () => Promise<{gzipBase64: string}>>> = {
  'tfjs-backend-wasm.wasm': () => import('./generated/tfjs_wasm.js'),
  'tfjs-backend-wasm-simd.wasm': () => import('./generated/tfjs_wasm_simd.js'),
  'tfjs-backend-wasm-threaded-simd.wasm': () => import('./generated/tfjs_wasm_threaded_simd.js'),
};

let fail: (error: unknown) => void;

/**
 * Rejects when an embedded binary cannot be loaded. tfjs-backend-wasm would then wait forever: race
 * its start against this.
 */
export const embeddedWasmFailure = new Promise<never>((_, reject) => {
  fail = reject;
});
embeddedWasmFailure.catch(() => undefined); // no unhandled rejection where nobody races

/**
 * Make the embedded binaries the default of `wasm`; to be called at import time. Browsers
 * without DecompressionStream (before 2023) keep the default of tfjs: files beside the script.
 */
export function embedWasmBinaries(): void {
  if (!env().getBool('IS_BROWSER') || env().getBool('IS_NODE') || !('DecompressionStream' in web)) {
    return;
  }
  const {platform} = env();
  const inner = platform.fetch.bind(platform);
  platform.fetch = (path, init, options) =>
    path.startsWith(scheme) ? respond(path.slice(scheme.length)) : inner(path, init, options);
  try {
    setWasmPaths(scheme, true);
  } catch {
    // The app's own start of `wasm` failed before we came; tfjs lets nobody set the paths after that.
  }
}

async function respond(name: string): ReturnType<PlatformFetch> {
  try {
    const {gzipBase64} = await binaries[name]();
    const gzip = Uint8Array.from(web.atob(gzipBase64), char => char.charCodeAt(0));
    const {body} = new web.Response(gzip);
    return new web.Response(
      body.pipeThrough(new web.DecompressionStream('gzip')),
    ) as unknown as Awaited<ReturnType<PlatformFetch>>;
  } catch (error) {
    fail(error);
    throw error;
  }
}
