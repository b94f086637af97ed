import {choice, type Field} from './fields.js';

/** How weights and biases come to their grids. */
export function weightFields(): Field[] {
  return [
    choice(
      'equalize',
      {label: 'Equalization evens out', help: 'Weights alone is the form of the paper.'},
      {'weights-and-activations': 'Weights and activations', weights: 'Weights'},
      equalize => ({equalize}),
    ),
    choice(
      'relu6',
      {
        label: 'ReLU6 under equalization',
        help: 'A cap for each channel is exact; ReLU is the paper’s way.',
      },
      {'per-channel-cap': 'A cap for each channel', relu: 'Becomes ReLU', keep: 'Blocks it'},
      relu6 => ({relu6}),
    ),
    choice(
      'weightRange',
      {label: 'Range of weights', help: 'Least error clips the few weights that lie far out.'},
      {'min-max': 'All weights', mse: 'Least squared error'},
      weightRange => ({weightRange}),
    ),
    choice(
      'rounding',
      {label: 'Rounding of weights', help: 'Automatic: feedback for 6 bits and fewer.'},
      {
        auto: 'Automatic',
        nearest: 'To the nearest',
        flip: 'Flips that cancel errors (SQuant)',
        feedback: 'Error feedback (GPTQ)',
      },
      rounding => ({rounding}),
    ),
    choice(
      'biasCorrection',
      {
        label: 'Bias correction',
        help: 'Takes the mean error of rounded weights out of the biases.',
      },
      {
        auto: 'Automatic',
        analytic: 'From the means of inputs',
        empirical: 'By comparing both networks',
        both: 'The better of both',
      },
      biasCorrection => ({biasCorrection}),
    ),
  ];
}
