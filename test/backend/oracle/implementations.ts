import type {Microkernels} from '../../../backend/microkernels.js';
import {reference} from '../../../backend/reference/index.js';
import {simd} from '../../../backend/simd.js';
import {fastestBinary, hasExactDot} from '../../../backend/simd_binary.js';
import {
  instantiateSimd,
  type EmbeddedBinary,
  type SimdInstance,
} from '../../../backend/simd_module.js';
import type {Executor} from '../../../backend/simd_runner.js';

type Make = () => Microkernels | Promise<Microkernels>;

/** The SIMD binaries that run here. */
export const simdBinaries: [name: string, binary?: () => Promise<EmbeddedBinary>][] = [['simd']];
if (hasExactDot()) simdBinaries.push(['relaxed simd', fastestBinary]);

/** Every implementation of the microkernels: each test body runs on each of them. */
export const implementations: readonly [name: string, make: Make][] = [
  ['reference', reference],
  ...simdBinaries.flatMap(([name, binary]): [string, Make][] => [
    [name, async () => requireSimd(await binary?.())],
    ...[2, 3, 5].map((parts): [string, Make] => [
      `${name} in ${parts} parts`,
      async () => requireSimd(await binary?.(), instance => inParts(instance, parts)),
    ]),
  ]),
];

/** Every host of the tests has WebAssembly SIMD: an implementation that is missing is a failure. */
export function requireSimd(
  binary?: EmbeddedBinary,
  executorOf?: (instance: SimdInstance) => Executor,
): Microkernels {
  const kernels = simd(executorOf, instantiateSimd(undefined, binary));
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
