import {getBackend, setBackend} from '@tensorflow/tfjs-core';
import '../../src/index.js';
import {UserError} from '../common/user_error.js';

export type Backend = 'wasm' | 'int8';

/** @throws UserError where the backend does not start */
export async function useBackend(name: Backend): Promise<void> {
  if (getBackend() === name || (await setBackend(name))) return;
  throw new UserError(
    `The backend '${name}' did not start`,
    'Use a browser with WebAssembly: Chrome 91, Firefox 89, Safari 16.4 or later.',
  );
}
