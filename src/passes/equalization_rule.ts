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
