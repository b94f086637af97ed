import type {PageOptions} from '../../worker/quantize/quantization.js';
import {choice, type Field, type FieldText, flag, labelled, selectOf} from './fields.js';

const BITS = [8, 7, 6, 5, 4, 3, 2];

/** Widths and grids of what becomes int8. */
export function precisionFields(): Field[] {
  return [
    bitsField('weightBits', {
      label: 'Bits of weights',
      help: 'Fewer bits give smaller grids; storage stays int8.',
    }),
    bitsField('activationBits', {
      label: 'Bits of activations',
      help: 'What flows between the layers.',
    }),
    flag(
      'perChannel',
      {
        label: 'One scale for each channel',
        help: 'Finer weights, a few bytes more. Without it, each layer has one scale.',
      },
      false,
      perChannel => ({perChannel}),
    ),
  ];
}

function bitsField(name: 'weightBits' | 'activationBits', text: FieldText): Field {
  const control = selectOf(
    name,
    BITS.map(bits => [String(bits), String(bits)]),
  );
  return {
    element: labelled(text, control),
    read: () => (control.selectedIndex === 0 ? {} : {[name]: Number(control.value)}),
  };
}

/** For hardware that asks for it. */
export function gridFields(): Field[] {
  return [
    choice(
      'symmetric',
      {label: 'Symmetric grids', help: 'Zero points are 0, as some hardware wants.'},
      {
        none: 'None',
        weights: 'Of weights',
        activations: 'Of activations',
        both: 'Of both',
      },
      which => symmetry[which],
    ),
    choice(
      'scales',
      {label: 'Scales', help: 'Powers of two suit hardware that scales by shifts.'},
      {float: 'Any', 'power-of-two': 'Powers of two'},
      scales => ({scales}),
    ),
  ];
}

const symmetry: Readonly<Record<'none' | 'weights' | 'activations' | 'both', PageOptions>> = {
  none: {},
  weights: {symmetricWeights: true},
  activations: {symmetricActivations: true},
  both: {symmetric: true},
};
