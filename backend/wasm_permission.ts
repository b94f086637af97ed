interface WasmApi {
  Module: new (binary: Uint8Array) => object;
}

/** The empty module: magic number and version. */
const EMPTY = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/**
 * tfjs-backend-wasm would wait forever where it may not compile.
 *
 * @throws Error that says so where WebAssembly is missing, or forbidden by the page's content security policy
 */
export function requireWebAssembly(): void {
  const {WebAssembly} = globalThis as {WebAssembly?: WasmApi};
  if (WebAssembly === undefined) throw new Error('WebAssembly is missing here');
  try {
    new WebAssembly.Module(EMPTY);
  } catch {
    throw new Error(
      "WebAssembly is forbidden here; allow 'wasm-unsafe-eval' in script-src of the content security policy",
    );
  }
}
