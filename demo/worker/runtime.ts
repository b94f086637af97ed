import {getThreadsCount} from '@tensorflow/tfjs-backend-wasm';
import {env} from '@tensorflow/tfjs-core';
import * as dfq from '../../src/index.js';
import {useBackend} from './backend.js';

/** What the models run on here. */
export interface Runtime {
  readonly simd: boolean;
  /** Of each backend; 1 where the page is not cross-origin isolated. Those of int8 start with the first large op. */
  readonly threads: {readonly float: number; readonly int8: number};
}

/** What this browser grants. */
export async function runtime(): Promise<Runtime> {
  await useBackend('wasm');
  const [simd, threads] = await Promise.all([
    env().getAsync('WASM_HAS_SIMD_SUPPORT'),
    env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT'),
  ]);
  const float = threads === true ? getThreadsCount() : 1;
  await useBackend('int8');
  return {simd: simd === true, threads: {float, int8: dfq.getThreads()}};
}

export const runtimeOperations = {runtime};
