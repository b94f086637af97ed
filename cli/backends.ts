import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import {env, setBackend} from '@tensorflow/tfjs-core';
import '../node/backend.js';

export const BACKENDS = ['int8', 'wasm', 'cpu'] as const;
export type Backend = (typeof BACKENDS)[number];

/** @throws Error when the backend cannot start */
export async function useBackend(name: Backend): Promise<void> {
  env().set('PROD', true); // else tfjs advertises its native backend on stderr
  if (!(await setBackend(name))) throw new Error(`backend '${name}' cannot start on this machine`);
}
