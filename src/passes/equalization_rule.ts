import {exp, log} from '../quant/elementary.js';

/**
 * By how much equalization divides a channel, as a logarithm (Nagel 2019 §4.1):
 *
 *   s = √(r₁ / r₂)          ln s = (ln r₁ − ln r₂) / 2
 *
 * which gives both sides the range √(r₁ · r₂). Applied until it is 0 for every channel.
 *
 * @param written ln r₁, of the largest |weight| that writes the channel
 * @param read ln r₂, of the largest |weight| that reads it
 */
export function equalizationStep(written: number, read: number): number {
  return (written - read) / 2;
}

/**
 * r₁ of a channel whose values are rounded as well as the weights that make them: the root mean square
 * of both ranges, each as a share of its layer's widest. Weights alone would even out their own ranges
 * at the cost of the activations', which lose as much to a grid for the whole tensor.
 *
 * @param written ln of the range of the weights
 * @param activation ln of the range of the values, in the same unit
 * @returns ln r₁
 */
export function writtenRange(written: number, activation: number): number {
  const [large, small] = written > activation ? [written, activation] : [activation, written];
  return large + log((1 + exp(2 * (small - large))) / 2) / 2;
}
