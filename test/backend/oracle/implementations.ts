import type {Microkernels} from '../../../backend/microkernels.js';
import {reference} from '../../../backend/reference/index.js';
import {simd} from '../../../backend/simd.js';

/** Every implementation of the microkernels: each test body runs on each of them. */
export const implementations: readonly [
  name: string,
  make: () => Microkernels | Promise<Microkernels>,
][] = [
  ['reference', reference],
  ['simd', requireSimd],
];

/** Every host of the tests has WebAssembly SIMD: an implementation that is missing is a failure. */
function requireSimd(): Microkernels {
  const kernels = simd();
  if (kernels === undefined) throw new Error('WebAssembly SIMD is missing');
  return kernels;
}
