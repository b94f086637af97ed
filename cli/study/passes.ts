import {passNames, type PassName} from '../../node/index.js';

/** Without these no int8 model comes about. */
const NEEDED: readonly PassName[] = [
  'quantize-weights',
  'choose-activation-ranges',
  'lower-to-int8',
];

/** Part of plain quantization too: else layers and their batch norms would be separate. */
const PLAIN: readonly PassName[] = [...NEEDED, 'fold-batch-norm'];

/** The passes that make plain quantization data-free quantization, in their order. */
export const STUDIED_PASSES: readonly PassName[] = passNames.filter(name => !PLAIN.includes(name));

/** Switches: plain quantization, and `names` besides. */
export function plainAnd(names: readonly PassName[]): Partial<Record<PassName, boolean>> {
  return Object.fromEntries(
    passNames.map(name => [name, PLAIN.includes(name) || names.includes(name)]),
  );
}
