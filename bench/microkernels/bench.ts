import type {Block, Microkernels} from '../../backend/microkernels.js';
import {reference} from '../../backend/reference/index.js';
import {simd} from '../../backend/simd.js';
import {dotCeiling} from './ceiling.js';
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
 * multiply-accumulates the share of what a bare loop of dot products reaches. `--no-reference` leaves the slow one out.
 */
export async function bench(
  title: string,
  unit: 'MAC' | 'element',
  cases: readonly BenchCase[],
): Promise<void> {
  const ceiling = await dotCeiling();
  console.log(
    `${title}: G${unit}/s, times the reference${unit === 'MAC' ? ', share of the ceiling' : ''}`,
  );
  for (const {label, work, prepare} of cases) {
    const [seconds, ceilingSeconds] = bestSeconds(prepare(simdKernels()), ceiling.run);
    const speed = work / seconds / 1e9;
    const ratio = withReference
      ? `${(referenceSeconds(prepare(reference())) / seconds).toFixed(0)}×`
      : '';
    const share = (speed * 1e9 * ceilingSeconds) / ceiling.macs;
    console.log(
      label.padEnd(24),
      speed.toFixed(2).padStart(7),
      ratio.padStart(6),
      unit === 'MAC' ? `${(100 * share).toFixed(0)} %`.padStart(6) : '',
    );
  }
}

const withReference = !process.argv.includes('--no-reference');

/** Two runs, because the first is compiled while it runs; more would take minutes. */
function referenceSeconds(run: () => void): number {
  return Math.min(secondsOf(run), secondsOf(run));
}

function simdKernels(): Microkernels {
  const kernels = simd();
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
