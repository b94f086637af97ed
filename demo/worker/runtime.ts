import {env} from '@tensorflow/tfjs-core';
import {getThreadsCount} from '@tensorflow/tfjs-backend-wasm';
import {useBackend} from './backend.js';

/** What the models run on here. */
export interface Runtime {
  readonly simd: boolean;
  /** Of the float backend; 1 where the page is not cross-origin isolated. */
  readonly threads: number;
}

async function runtime(): Promise<Runtime> {
  await useBackend('wasm');
  const [simd, threads] = await Promise.all([
    env().getAsync('WASM_HAS_SIMD_SUPPORT'),
    env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT'),
  ]);
  return {simd: simd === true, threads: threads === true ? getThreadsCount() : 1};
}

export const runtimeOperations = {runtime};
