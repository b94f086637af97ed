import type {PageOptions} from '../../worker/quantize/quantization.js';
import {choice, type Field, flag} from './fields.js';

const BITS = {'8': '8', '7': '7', '6': '6', '5': '5', '4': '4', '3': '3', '2': '2'} as const;

/** Widths and grids of what becomes int8. */
export function precisionFields(): Field[] {
  return [
    choice(
      'weightBits',
      {label: 'Bits of weights', help: 'Fewer bits give smaller grids; storage stays int8.'},
      BITS,
      bits => ({weightBits: Number(bits)}),
    ),
    choice(
      'activationBits',
      {label: 'Bits of activations', help: 'What flows between the layers.'},
      BITS,
      bits => ({activationBits: Number(bits)}),
    ),
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
