import {DfqError} from './graph/dfq_error.js';
import {hostTurn} from './host_turn.js';
import type {CancelSignal, Progress} from './options.js';

/** Says how far a step is: `done` of `total` parts. */
export type Step<Name extends string = string> = (
  name: Name,
  done: number,
  total: number,
) => Promise<void>;

/**
 * How the parts of a long operation tell the caller how far it is. Each time the host gets its turn, and the
 * caller may have cancelled.
 *
 * @param names of the steps, in order
 * @returns a function that throws the signal's reason once it is aborted
 */
export function stepsOf<Name extends string>(
  names: readonly Name[],
  onProgress: (progress: Progress) => void,
  signal?: CancelSignal,
): Step<Name> {
  return async (step, done, total) => {
    onProgress({step, done: names.indexOf(step) + done / total, total: names.length});
    await hostTurn();
    if (!signal?.aborted) return;
    signal.throwIfAborted?.();
    throw new DfqError('quantize was cancelled');
  };
}
