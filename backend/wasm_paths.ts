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

let fail: (error: unknown) => void = () => undefined;

/**
 * The outcome of a start of tfjs-backend-wasm, which by itself would wait forever for a binary that
 * cannot be loaded.
 *
 * @throws Error that names an embedded binary and says why it cannot be loaded
 */
export function startOrFail<T>(start: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    fail = reject;
    start.then(resolve, reject);
  });
}

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
    const reason = (error as {message?: string}).message ?? String(error);
    const failure = new Error(`${name}, a part of the app's script, cannot be loaded: ${reason}`);
    fail(failure);
    throw failure;
  }
}
