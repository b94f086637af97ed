import type {Microkernels} from '../../../backend/microkernels.js';
import {reference} from '../../../backend/reference/index.js';
import {simd} from '../../../backend/simd.js';
import type {SimdInstance} from '../../../backend/simd_module.js';
import type {Executor} from '../../../backend/simd_runner.js';

/** Every implementation of the microkernels: each test body runs on each of them. */
export const implementations: readonly [
  name: string,
  make: () => Microkernels | Promise<Microkernels>,
][] = [
  ['reference', reference],
  ['simd', () => requireSimd()],
  ...[2, 3, 5].map((parts): [string, () => Microkernels] => [
    `simd in ${parts} parts`,
    () => requireSimd(instance => inParts(instance, parts)),
  ]),
];

/** Every host of the tests has WebAssembly SIMD: an implementation that is missing is a failure. */
function requireSimd(executorOf?: (instance: SimdInstance) => Executor): Microkernels {
  const kernels = simd(executorOf);
  if (kernels === undefined) throw new Error('WebAssembly SIMD is missing');
  return kernels;
}

/** As threads would run a command, if one after the other and the last part first. */
function inParts({exports: {run}}: SimdInstance, parts: number): Executor {
  return {
    threads: 2,
    execute(command) {
      for (let part = parts - 1; part >= 0; part--) run(command, part, parts, part % 2);
    },
  };
}
