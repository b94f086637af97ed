import {engine} from '@tensorflow/tfjs-core';
import {Int8Backend} from '../int8_backend.js';
import {NAME} from '../register_kernels.js';
import {canShareMemory} from '../wasm_memory.js';
import {askForThreads, threadHost} from './thread_setting.js';
import type {Threads} from './threads.js';

/** Beyond this, starting them costs more than any machine gains. */
const MAXIMUM = 64;

/**
 * Sets how many threads the backend `int8` uses, the calling one included: by default as many as the machine has cores,
 * at most 8. Results are the same for any number. With 1 there are no worker threads.
 *
 * In Node it always works. A page must be cross-origin isolated and its content security policy must allow workers of
 * blobs; elsewhere there is one thread, whatever is asked for.
 *
 * @param count an integer of 1 … 64
 * @returns when the threads are ready: how many are in use; before `int8` has started, how many it will start with
 * @throws Error if `count` is no such number
 */
export async function setThreads(count: number): Promise<number> {
  if (!Number.isInteger(count) || count < 1 || count > MAXIMUM) {
    throw new Error(
      `setThreads: ${count} is not a number of threads; give an integer of 1 … ${MAXIMUM}`,
    );
  }
  askForThreads(count);
  if (isRunning()) return (await runningThreads()?.set(count)) ?? 1;
  return canShareMemory() && threadHost() !== undefined ? count : 1;
}

/** Threads that the backend `int8` uses now, the calling one included. Those of the default start with the first large op. */
export function getThreads(): number {
  return runningThreads()?.count ?? 1;
}

function isRunning(): boolean {
  return engine().registry[NAME] instanceof Int8Backend;
}

function runningThreads(): Threads | undefined {
  const backend = engine().registry[NAME];
  return backend instanceof Int8Backend ? backend.microkernels.threads : undefined;
}
