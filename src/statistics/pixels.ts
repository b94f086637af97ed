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
  const perChannel = (value: number | readonly number[]) =>
    Float64Array.from({length: channels}, (_, c) =>
      typeof value === 'number' ? value : value[c % value.length],
    );
  const [means, stds] = [perChannel(mean), perChannel(std)];
  const values = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length;) {
    for (let c = 0; c < channels; c++, i++) values[i] = (pixels[i] - means[c]) / stds[c];
  }
  return values;
}
