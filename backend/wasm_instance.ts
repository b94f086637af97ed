/**
 * The process's one BackendWasm, which the backends `wasm` and `int8` share.
 *
 * The kernels of tfjs-backend-wasm keep their functions in module scope, so a second instance breaks
 * the first. Whichever backend starts first makes the instance and the other takes it up; it ends
 * when neither is left.
 *
 * Importing tfjs-backend-wasm registers `wasm` above `cpu`. In an app that did not ask for it, that
 * would make it the default backend, which cannot serve before an await: there we put it below.
 */
import {appHasWasm} from './app_backends.js'; // first: see there
import type {BackendWasm} from '@tensorflow/tfjs-backend-wasm';
import {backend_util, engine, type KernelBackend} from '@tensorflow/tfjs-core';
import {embedWasmBinaries, startOrFail} from './wasm_paths.js';
import {requireWebAssembly} from './wasm_permission.js';
import {prepareWasmThreads} from './wasm_threads.js';

const NAME = 'wasm';

/** Below that of `cpu`. */
const PRIORITY = 0;

let original: (() => KernelBackend | Promise<KernelBackend>) | undefined;
/** The instance, or the attempt to make it. */
let current: Promise<BackendWasm> | undefined;
/** What BackendWasm.dispose did before {@link adopt}. */
const endOf = new WeakMap<BackendWasm, () => void>();
let usedByInt8: (wasm: BackendWasm) => boolean = () => false;

/** To be called when we are imported: from then on `wasm` starts with the shared instance. */
export function shareWasm(): void {
  embedWasmBinaries();
  shareFactory();
  const entry = engine().registryFactory[NAME];
  if (!appHasWasm && entry !== undefined) entry.priority = PRIORITY;
}

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
  shareFactory(); // the app may have registered it anew
  try {
    return await instance();
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
  const start = original;
  try {
    if (start === undefined) throw new Error('the backend wasm was removed before int8 came');
    requireWebAssembly();
    await prepareWasmThreads();
    return adopt((await startOrFail(Promise.resolve(start()))) as BackendWasm);
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
