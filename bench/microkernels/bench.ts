import type {Block, Microkernels} from '../../backend/microkernels.js';
import {reference} from '../../backend/reference/index.js';
import {simd} from '../../backend/simd.js';
import {fastestBinary, hasExactDot} from '../../backend/simd_binary.js';
import {type EmbeddedBinary, instantiateSimd} from '../../backend/simd_module.js';
import {dotCeiling} from './ceiling.js';
import {CEILING_MACS} from './ceiling_loop.js';
import {bestSeconds, secondsOf} from './measure.js';

export interface BenchCase {
  label: string;
  /** Multiply-accumulates, or elements, of one run. */
  work: number;
  /** Allocates what a run needs, and returns the run. */
  prepare: (kernels: Microkernels) => () => void;
}

/**
 * Prints, for each case, giga-work per second of the SIMD kernels, the ratio to the reference in the same run, and for
 * multiply-accumulates the share of what a bare loop of dot products reaches. Where the engine has exact dot products of
 * bytes, once more for the kernels that use them. `--no-reference` leaves the slow one out.
 */
export async function bench(
  title: string,
  unit: 'MAC' | 'element',
  cases: readonly BenchCase[],
): Promise<void> {
  const variants = [
    {binary: undefined, ceiling: await dotCeiling(false)},
    ...(hasExactDot() ? [{binary: await fastestBinary(), ceiling: await dotCeiling(true)}] : []),
  ];
  const columns = `G${unit}/s, times the reference${unit === 'MAC' ? ', share of the ceiling' : ''}`;
  console.log(`${title}: ${columns}${variants.length > 1 ? '; the same with relaxed SIMD' : ''}`);
  for (const {label, work, prepare} of cases) {
    const seconds = bestSeconds(
      ...variants.map(({binary}) => prepare(simdKernels(binary))),
      ...variants.map(({ceiling}) => ceiling),
    );
    const slow = withReference ? referenceSeconds(prepare(reference())) : undefined;
    const figures = variants.flatMap((_, i) => {
      const speed = work / seconds[i];
      const share = (speed * seconds[variants.length + i]) / CEILING_MACS;
      return [
        (speed / 1e9).toFixed(2).padStart(7),
        (slow === undefined ? '' : `${(slow / seconds[i]).toFixed(0)}×`).padStart(6),
        (unit === 'MAC' ? `${(100 * share).toFixed(0)} %` : '').padStart(6),
      ];
    });
    console.log(label.padEnd(24), ...figures);
  }
}

const withReference = !process.argv.includes('--no-reference');

/** Two runs, because the first is compiled while it runs; more would take minutes. */
function referenceSeconds(run: () => void): number {
  return Math.min(secondsOf(run), secondsOf(run));
}

function simdKernels(binary?: EmbeddedBinary): Microkernels {
  const kernels = simd(undefined, instantiateSimd(undefined, binary));
  if (kernels === undefined) throw new Error('this machine has no WebAssembly SIMD');
  return kernels;
}

/** A block of integers of the whole int8 range. */
export function filledBlock({memory}: Microkernels, bytes: number): Block {
  const block = memory.alloc(bytes);
  const view = memory.view(block);
  for (let i = 0; i < bytes; i++) view[i] = Math.imul(i, 0x9e3779b1) >> 24;
  return block;
}
