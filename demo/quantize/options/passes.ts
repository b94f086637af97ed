import type {PassName} from '../../../src/index.js';
import {type Field, flag} from './fields.js';

/** The passes that can be switched off, in their order. */
const HELP: Readonly<Partial<Record<PassName, string>>> = {
  'fold-batch-norm': 'Puts batch norms into the layers before them.',
  'prune-constant-channels': 'Drops channels that carry nothing but stretch ranges.',
  'equalize-layers': 'Evens out channel ranges of consecutive layers.',
  'absorb-high-bias': 'Moves what is always there into the next bias.',
  'quantize-weights': 'Puts weights on integer grids.',
  'round-weights': 'Rounds them so that errors cancel.',
  'correct-bias': 'Takes mean errors out of the biases.',
  'tie-steps': 'Gives the steps of a recurrence one grid.',
  'choose-activation-ranges': 'Puts activations on integer grids.',
  'lower-to-int8': 'Replaces float operations by int8 ones.',
};

/** A tick for each; off shows what it is worth. */
export function passFields(): Field[] {
  return Object.entries(HELP).map(([name, help]) =>
    flag(`pass-${name}`, {label: name, help}, true, isOn => ({passes: {[name]: isOn}})),
  );
}
