/**
 * tfjs-backend-wasm hands its threads the source of the function that makes its threaded module, as
 * `toString()` gives it. The function guards a variable of the script around it with
 * `typeof _scriptDir !== "undefined"`. Within a bundle that variable exists, so minifiers drop the guard,
 * as those of Vite and webpack do; in a thread it does not exist, and the thread fails. Here the
 * function gets back the source that it had before it was bundled.
 *
 * Loaded only where there are threads.
 */
import * as factoryModule from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js';
import {source} from './generated/tfjs_threaded_factory.js';

export function repairThreadedFactory(): void {
  // A CommonJS module, whose value bundlers present in either way; tfjs-backend-wasm looks there too.
  const {default: factory = factoryModule} = factoryModule as unknown as {
    readonly default?: object;
  };
  Object.defineProperty(factory, 'toString', {value: () => source, configurable: true});
}
