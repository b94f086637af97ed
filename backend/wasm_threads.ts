/**
 * Whether tfjs-backend-wasm may use threads in this page. By itself it takes it that a page isolated
 * from others can, and where that is wrong its start never ends:
 *
 * - its threads are scripts from blob: addresses, which a content security policy may forbid;
 * - its threads evaluate the source of a function that minifiers have changed (threaded_factory.ts).
 */
import {env} from '@tensorflow/tfjs-core';

const FLAG = 'WASM_HAS_MULTITHREAD_SUPPORT';

/** What we use of a page; this folder is compiled without the DOM library. */
interface Page {
  readonly Worker?: new (url: string) => ProbeWorker;
  readonly Blob: new (parts: string[], options: {type: string}) => object;
  readonly URL: {createObjectURL(blob: object): string; revokeObjectURL(url: string): void};
}

interface ProbeWorker {
  onmessage: (() => void) | null;
  onerror: ((event: {preventDefault(): void}) => void) | null;
  terminate(): void;
}

const page = globalThis as unknown as Page;

/** To be awaited before tfjs-backend-wasm starts: repairs its threads, or has it do without. */
export async function prepareWasmThreads(): Promise<void> {
  if (!(await env().getAsync(FLAG))) return;
  try {
    await probeBlobWorker();
    (await import('./threaded_factory.js')).repairThreadedFactory();
  } catch {
    env().set(FLAG, false);
  }
}

/** A thread of tfjs: a script from a blob: address, which loads another. */
const PROBE = "importScripts(URL.createObjectURL(new Blob(['postMessage(0)'])))";

/** Rejects where a worker from a blob: address does not start, or may not load another one. */
async function probeBlobWorker(): Promise<void> {
  const {Worker} = page;
  if (Worker === undefined) throw new Error('no workers here');
  const url = page.URL.createObjectURL(new page.Blob([PROBE], {type: 'text/javascript'}));
  try {
    const worker = new Worker(url);
    await new Promise<void>((resolve, reject) => {
      worker.onmessage = () => resolve();
      worker.onerror = event => {
        event.preventDefault(); // wasm goes on with one thread
        reject(new Error('a worker did not start'));
      };
    }).finally(() => worker.terminate());
  } finally {
    page.URL.revokeObjectURL(url);
  }
}
