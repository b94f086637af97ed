/**
 * The process's one BackendWasm, which the backends `wasm` and `int8` share.
 *
 * The kernels of tfjs-backend-wasm keep their functions in module scope, so a second instance breaks
 * the first. Whichever backend starts first makes the instance and the other takes it up; it ends
 * when neither is left.
 *
 * tfjs-backend-wasm is imported when `int8` starts, not before: registering `wasm` earlier would make
 * it the default backend of an app that never asked for it, and it cannot serve before an await. An
 * app that imports that package itself decides where its binaries are; for others we embed them.
 */
import type {BackendWasm} from '@tensorflow/tfjs-backend-wasm';
import {backend_util, engine, type KernelBackend} from '@tensorflow/tfjs-core';

const NAME = 'wasm';

let original: () => KernelBackend | Promise<KernelBackend>;
/** The instance, or the attempt to make it. */
let current: Promise<BackendWasm> | undefined;
let loaded: Promise<{failure: Promise<never>}> | undefined;
/** What BackendWasm.dispose did before {@link adopt}. */
const endOf = new WeakMap<BackendWasm, () => void>();
let usedByInt8: (wasm: BackendWasm) => boolean;

/**
 * The one instance: that of the running backend `wasm`, or a new one. Undefined, after a warning,
 * where WebAssembly does not start.
 *
 * @param inUse whether the running backend `int8` uses an instance
 */
export async function acquireWasm(
  inUse: (wasm: BackendWasm) => boolean,
): Promise<BackendWasm | undefined> {
  usedByInt8 = inUse;
  shareFactory(); // before the first await: the app may start `wasm` meanwhile
  try {
    const {failure} = await (loaded ??= load());
    shareFactory();
    return await Promise.race([instance(), failure]);
  } catch (error) {
    const reason = (error as {message?: string}).message ?? String(error);
    backend_util.warn(`int8 backend: WebAssembly did not start, float ops run on cpu: ${reason}`);
    return undefined;
  }
}

/** Ends an instance that `int8` no longer uses, unless `wasm` does. */
export function releaseWasm(wasm: BackendWasm): void {
  if (engine().registry[NAME] !== wasm) end(wasm);
}

async function load(): Promise<{failure: Promise<never>}> {
  const appDecidesPaths = engine().findBackendFactory(NAME) !== null;
  const {embedWasmBinaries, embeddedWasmFailure} = await import('./wasm_paths.js');
  if (!appDecidesPaths) embedWasmBinaries();
  return {failure: embeddedWasmFailure};
}

/** From now on `wasm` starts with the shared instance. */
function shareFactory(): void {
  const entry = engine().registryFactory[NAME];
  if (entry === undefined || entry.factory === instance) return;
  original = entry.factory;
  entry.factory = instance;
}

function instance(): Promise<BackendWasm> {
  const running = engine().registry[NAME];
  if (running !== undefined) current = Promise.resolve(adopt(running as BackendWasm));
  return (current ??= create());
}

async function create(): Promise<BackendWasm> {
  try {
    return adopt((await original()) as BackendWasm);
  } catch (error) {
    current = undefined;
    throw error;
  }
}

/** Makes the engine's dispose of `wasm` leave the instance to `int8`, where that uses it. */
function adopt(wasm: BackendWasm): BackendWasm {
  if (endOf.has(wasm)) return wasm;
  endOf.set(wasm, wasm.dispose.bind(wasm));
  wasm.dispose = () => {
    if (!usedByInt8(wasm)) end(wasm);
  };
  return wasm;
}

function end(wasm: BackendWasm): void {
  current = undefined;
  endOf.get(wasm)?.();
}
