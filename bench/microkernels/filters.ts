import type {FilterSpec} from '../../backend/microkernels.js';

/** A filter as a quantized layer has it: symmetric weights, a clamp at the grid's ends, factors of about 2^−8. */
export function benchFilter(
  height: number,
  width: number,
  inChannels: number,
  outChannels: number,
  weights: number,
): FilterSpec {
  const mantissa = new Int32Array(outChannels).fill(1_500_000_000);
  return {
    height,
    width,
    inChannels,
    outChannels,
    values: Int8Array.from({length: weights}, (_, i) => (Math.imul(i, 0x9e3779b1) >> 24) | 1),
    zeroPoint: new Int32Array(outChannels),
    bias: new Int32Array(outChannels).fill(1000),
    xZeroPoint: -7,
    stage: {
      mantissa,
      negativeMantissa: mantissa,
      shift: 39,
      zeroPoint: -128,
      lo: -128,
      hi: new Int8Array(outChannels).fill(127),
    },
  };
}
