import {sin} from '../quant/elementary.js';
import {randomSource} from './random.js';

/** Samples a second that pitches and rhythms are meant for. */
const RATE = 16_000;

type Random = () => number;

/** One sound after another: what speech and music are made of, and what is neither. */
const SOUNDS = [voice, chirp, voice, burst, voice, pinkNoise, voice, quiet];

/**
 * Sound number `seed`: harmonic tones with vibrato and a decaying spectrum, chirps, bursts of noise, pink
 * noise, near silence. The same seed and length give the same bytes everywhere.
 *
 * @returns samples with mean 0, and variance 1 but for the quiet ones, which are a hundredth as loud
 */
export function probeSound(seed: number, length: number): Float32Array {
  const random = randomSource(Math.imul(seed + 1, 0x9e3779b1));
  const make = SOUNDS[seed % SOUNDS.length];
  const samples = make(random, length);
  const level = make === quiet ? 0.01 : 1;
  const mean = samples.reduce((a, b) => a + b, 0) / length;
  const power = samples.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / length;
  const gain = level / Math.sqrt(power + 1e-12);
  return Float32Array.from(samples, x => (x - mean) * gain);
}

/** Sum of harmonics of a pitch of 60–1000 Hz, the amplitude of the k-th about k^−slope. */
function voice(random: Random, length: number): Float64Array {
  const pitch = 60 * 16 ** random();
  const harmonics = 1 + Math.floor(Math.min(12, RATE / 2 / pitch - 1) * random());
  const steep = random() < 0.5;
  const [depth, rate] = [0.02 * random(), 4 + 4 * random()];
  const amplitudes = Array.from(
    {length: harmonics},
    (_, k) => (0.3 + random()) / (steep ? (k + 1) * (k + 1) : k + 1),
  );
  const noise = 0.1 * random() * random();
  let phase = 2 * Math.PI * random();
  return Float64Array.from({length}, (_, t) => {
    phase += ((2 * Math.PI * pitch) / RATE) * (1 + depth * sin((2 * Math.PI * rate * t) / RATE));
    const tone = amplitudes.reduce((sum, a, k) => sum + a * sin(phase * (k + 1)), 0);
    return tone + noise * (2 * random() - 1);
  });
}

/** From one pitch to another in a straight line. */
function chirp(random: Random, length: number): Float64Array {
  const [from, to] = [50 * 64 ** random(), 50 * 64 ** random()];
  let phase = 0;
  return Float64Array.from({length}, (_, t) => {
    phase += (2 * Math.PI * (from + ((to - from) * t) / length)) / RATE;
    return sin(phase);
  });
}

/** Noise that begins at once and dies away, on a faint background. */
function burst(random: Random, length: number): Float64Array {
  const start = Math.floor(random() * length * 0.7);
  const decay = 1 - 1 / (length * (0.02 + 0.3 * random()));
  let level = 0.02;
  return Float64Array.from({length}, (_, t) => {
    if (t === start) level = 1;
    else if (t > start) level = Math.max(level * decay, 0.02);
    return level * (2 * random() - 1);
  });
}

/** Noise whose power falls with the frequency: the sum of noises that change ever more rarely (Voss). */
function pinkNoise(random: Random, length: number): Float64Array {
  const octaves = new Float64Array(10);
  return Float64Array.from({length}, (_, t) => {
    octaves.forEach((_, k) => {
      if (t % 2 ** k === 0) octaves[k] = 2 * random() - 1;
    });
    return octaves.reduce((a, b) => a + b);
  });
}

function quiet(random: Random, length: number): Float64Array {
  return Float64Array.from({length}, () => 2 * random() - 1);
}
