import {exp} from '../quant/elementary.js';
import {randomSource} from './random.js';

/**
 * Spectrogram number `seed`, on a logarithmic scale: the ridges of gliding harmonics, onsets across all
 * bands, a floor that falls with the frequency, noise. The same seed and size give the same bytes
 * everywhere.
 *
 * @returns [time, bands], mean 0 and variance 1
 */
export function probeSpectrogram(seed: number, time: number, bands: number): Float32Array {
  const random = randomSource(Math.imul(seed + 1, 0x85ebca6b));
  const values = new Float64Array(time * bands);
  const [tilt, noise] = [2 * random(), 0.3 + 0.7 * random()];
  values.forEach((_, i) => {
    const band = (i % bands) / bands;
    values[i] = -tilt * band + noise * (random() + random() + random() - 1.5);
  });
  const voices = Math.floor(4 * random());
  for (let i = 0; i < voices; i++) addVoice(values, time, bands, random);
  const onsets = Math.floor(4 * random());
  for (let i = 0; i < onsets; i++) addOnset(values, time, bands, random);
  return standardized(values);
}

/** Harmonics: evenly spaced ridges that glide together, fainter upwards. */
function addVoice(values: Float64Array, time: number, bands: number, random: () => number): void {
  const [start, end] = [random() * time, random() * time].sort((a, b) => a - b);
  const spacing = bands * (0.03 + 0.12 * random());
  const glide = (random() - 0.5) * 0.4 * spacing;
  const level = 2 + 4 * random();
  for (let t = Math.ceil(start); t < end; t++) {
    const pitch = spacing + (glide * (t - start)) / Math.max(1, end - start);
    for (let band = 0; band < bands; band++) {
      const harmonic = Math.max(1, Math.floor(band / pitch + 0.5));
      const distance = band - harmonic * pitch;
      const ridge = (level / Math.sqrt(harmonic)) * exp((-distance * distance) / 2);
      values[t * bands + band] += ridge;
    }
  }
}

/** All bands at once, dying away. */
function addOnset(values: Float64Array, time: number, bands: number, random: () => number): void {
  const start = Math.floor(random() * time);
  const [level, life] = [1 + 3 * random(), 1 + 0.15 * time * random()];
  for (let t = start; t < time; t++) {
    const rest = level * exp(-(t - start) / life);
    for (let band = 0; band < bands; band++) values[t * bands + band] += rest;
  }
}

function standardized(values: Float64Array): Float32Array {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const power = values.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / values.length;
  const gain = 1 / Math.sqrt(power + 1e-12);
  return Float32Array.from(values, x => (x - mean) * gain);
}
