import type {PixelScaling} from './input_specs.js';

/** Channel after channel (CHW) from pixel after pixel (HWC). */
export function planar(values: Float32Array, channels: number): Float32Array {
  const plane = values.length / channels;
  return values.map((_, i) => values[(i % plane) * channels + Math.floor(i / plane)]);
}

/** Pixels of 0–255, HWC, as they enter a model: (v − mean) / std. */
export function normalizedPixels(
  pixels: Float32Array,
  channels: number,
  {mean, std}: PixelScaling,
): Float32Array {
  const at = (value: number | readonly number[], c: number) =>
    typeof value === 'number' ? value : value[c % value.length];
  return pixels.map((v, i) => (v - at(mean, i % channels)) / at(std, i % channels));
}
