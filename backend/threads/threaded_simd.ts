import type {Microkernels} from '../microkernels.js';
import {simd} from '../simd.js';
import {fastestBinary} from '../simd_binary.js';
import {instantiateSimd, type SimdInstance} from '../simd_module.js';
import {singleThread} from '../simd_runner.js';
import {threadHost} from './thread_setting.js';
import {Threads} from './threads.js';

/** `simd()` of the fastest binary, with worker threads where the host has them. */
export async function threadedSimd(): Promise<Microkernels | undefined> {
  const fastest = instantiateSimd(undefined, await fastestBinary());
  let threads: Threads | undefined;
  const kernels = simd(instance => {
    threads = threadsOn(instance);
    return threads ?? singleThread(instance);
  }, fastest);
  return kernels && {...kernels, threads};
}

function threadsOn({module, memory, exports, isShared}: SimdInstance): Threads | undefined {
  const host = isShared ? threadHost() : undefined;
  return host && new Threads({module, memory, run: exports.run}, host);
}
