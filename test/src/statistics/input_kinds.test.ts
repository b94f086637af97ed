import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import {guessInput, type InputDescription} from '../../../src/statistics/input_kinds.js';
import {inputSpecs, probeInputs} from '../../../src/statistics/model_inputs.js';
import {probeDrawing} from '../../../src/statistics/probe_drawings.js';
import {probeSound} from '../../../src/statistics/probe_sounds.js';
import {probeSpectrogram} from '../../../src/statistics/probe_spectrograms.js';
import {declare, graphOf} from '../fixtures.js';

function inputOf(shape: readonly number[], reader = 'y = Relu(x)', type = 'DT_FLOAT') {
  const graph = graphOf(`x = Placeholder()\n${reader}\nreturn y`);
  declare(graph, 'x', shape, type);
  return graph;
}

function guess(...args: Parameters<typeof inputOf>) {
  const graph = inputOf(...args);
  return guessInput(graph, inputSpecs(graph)[0]);
}

function made(description: InputDescription, shape: readonly number[], index = 0) {
  const graph = inputOf(shape);
  return tf.tidy(() => {
    const {x} = probeInputs(graph, index, {inputs: {x: description}});
    return {shape: x.shape, values: x.dataSync()};
  });
}

describe('guessInput', () => {
  const conv = 'r = Reshape(x, i32<4: -1 1024 1 1>)\ny = Conv2D(r, ~1x1x1x2)';
  const gather = 'y = GatherV2(~50x4, x, i32<: 0>)';

  it('tells kinds by shape, type and what reads the input', () => {
    expect(guess([-1, 224, 224, 3]).kind).toBe('image');
    expect(guess([-1, 28, 28, 1]).kind).toBe('image');
    expect(guess([-1, 43, 232, 1]).kind).toBe('spectrogram');
    expect(guess([-1, 100, 80]).kind).toBe('spectrogram');
    expect(guess([-1, 40, 57]).kind).toBe('one-hot');
    expect(guess([-1, 1024], conv)).toEqual({kind: 'waveform'});
    expect(guess([-1, 16000], conv)).toEqual({kind: 'waveform', range: [-1, 1]});
    expect(guess([-1, 1024], 'y = MatMul(x, ~1024x2)').kind).toBe('uniform');
    expect(guess([-1, 12], gather, 'DT_INT32')).toEqual({kind: 'tokens', range: [0, 49]});
    expect(guess([-1, 12], `c = Cast(x)\n${gather.replace('x,', 'c,')}`, 'DT_INT32').range).toEqual(
      [0, 49],
    );
    expect(guess([4], 'y = Relu(x)', 'DT_INT32').kind).toBe('zeros');
    expect(guess([4], 'y = Relu(x)', 'DT_BOOL').kind).toBe('zeros');
  });

  const PIXELS: [string, number | undefined][] = [
    ['y = Sub(x, f32<: 127.5>)', 1],
    ['c = Cast(x)\ny = Mul(c, f32<: 0.0078431>)', 1],
    ['y = RealDiv(x, f32<: 255>)', 1],
    ['y = Sub(x, f32<3: 0.485 0.456 0.406>)', 255],
    ['y = Mul(f32<: 2>, x)', 255],
    ['y = Relu(x)', undefined],
    ['y = Add(x, f32<: 3>)', undefined],
  ];

  for (const [reader, std] of PIXELS) {
    it(`sees pixels of ${std === undefined ? 'no known range' : [0, 255 / std].join('–')} in ${reader.replace('\n', '; ')}`, () => {
      expect(guess([-1, 8, 8, 3], reader).scaling?.std).toBe(std);
    });
  }
});

describe('probeInputs of other kinds', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('are what the caller says', () => {
    const tokens = made({kind: 'tokens', range: [5, 9]}, [-1, 300]);
    expect(new Set(tokens.values)).toEqual(new Set([5, 6, 7, 8, 9]));
    const wide = made({kind: 'uniform', range: [10, 20]}, [1, 500]).values;
    expect(Math.min(...wide)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...wide)).toBeLessThan(20);
    expect(Math.max(...wide)).toBeGreaterThan(19.5);
    expect(made({kind: 'zeros'}, [1, 9]).values).toEqual(new Float32Array(9));
    const pixels = made({range: [0, 1]}, [1, 32, 32, 3]).values;
    expect(Math.min(...pixels)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...pixels)).toBeLessThanOrEqual(1);
    expect(Math.max(...pixels)).toBeGreaterThan(0.6);
  });

  it('are one-hot in every row', () => {
    const {values} = made({kind: 'one-hot'}, [2, 40, 7]);
    for (let row = 0; row < 80; row++) {
      const own = [...values.subarray(row * 7, row * 7 + 7)].sort();
      expect(own).toEqual([0, 0, 0, 0, 0, 0, 1]);
    }
  });

  it('are sound within a range, a second of it where the length is open', () => {
    const {shape, values} = made({kind: 'waveform', range: [-1, 1]}, [-1, -1]);
    expect(shape).toEqual([1, 16000]);
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(1);
    expect(Math.max(...values.map(Math.abs))).toBeGreaterThan(0.2);
  });
});

function moments(values: Float32Array) {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return {mean, power: values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length};
}

describe('generated signals', () => {
  it('are standardized, each its own, and the same each time', () => {
    const sounds = Array.from({length: 16}, (_, seed) => probeSound(seed, 2048));
    sounds.forEach((sound, seed) => {
      const {mean, power} = moments(sound);
      expect(Math.abs(mean)).toBeLessThan(1e-3);
      expect(Math.abs(power - (seed % 8 === 7 ? 1e-4 : 1))).toBeLessThan(1e-3);
      expect(probeSound(seed, 2048)).toEqual(sound);
    });
    expect(new Set(sounds.map(sound => sound[100])).size).toBe(16);
    const {mean, power} = moments(probeSpectrogram(3, 60, 40));
    expect(Math.abs(mean)).toBeLessThan(1e-3);
    expect(Math.abs(power - 1)).toBeLessThan(1e-3);
    expect(probeSpectrogram(3, 60, 40)).toEqual(probeSpectrogram(3, 60, 40));
  });

  it('are drawings of ink on mostly blank ground, dark and light', () => {
    for (let seed = 0; seed < 8; seed++) {
      const pixels = probeDrawing(seed, 28, 28, 1);
      const ground = seed % 2 === 0 ? 255 : 0;
      const blank = pixels.filter(v => v === ground).length / pixels.length;
      expect(blank).toBeGreaterThan(0.3);
      expect(blank).toBeLessThan(0.995);
      expect(pixels.every(v => Number.isInteger(v) && v >= 0 && v <= 255)).toBe(true);
    }
  });
});
