import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import {DfqError} from '../../../src/graph/dfq_error.js';
import type {Graph} from '../../../src/graph/graph.js';
import {parse} from '../../../src/graph/parse.js';
import {KeptValues} from '../../../src/statistics/kept_values.js';
import {inputSpecs, probeInputs, type ProbeOptions} from '../../../src/statistics/model_inputs.js';
import {probeDrawing} from '../../../src/statistics/probe_drawings.js';
import {probeImage} from '../../../src/statistics/probe_images.js';
import {randomSource} from '../../../src/statistics/random.js';
import {declare, leakFree} from '../fixtures.js';

/** FNV-1a over whole numbers of 0–255. */
function checksum(pixels: ArrayLike<number>): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < pixels.length; i++) hash = Math.imul(hash ^ pixels[i], 0x01000193);
  return (hash >>> 0).toString(16);
}

describe('probeImage', () => {
  it('is the same everywhere', () => {
    expect(checksum(probeImage(0, 64, 64, 3))).toBe('9037e7ee');
    expect(checksum(probeImage(15, 48, 96, 3))).toBe('475ca4e2');
    expect(checksum(probeImage(3, 32, 32, 1))).toBe('316f7f4d');
  });

  it('holds whole pixels of 0–255', () => {
    for (const channels of [1, 3]) {
      const pixels = probeImage(5, 40, 56, channels);
      expect(pixels.length).toBe(40 * 56 * channels);
      expect(pixels.every(v => Number.isInteger(v) && v >= 0 && v <= 255)).toBe(true);
    }
  });

  it('looks like photographs: mid brightness, contrast, smooth, each its own', () => {
    const means = [];
    for (let seed = 0; seed < 16; seed++) {
      const pixels = probeImage(seed, 64, 64, 1);
      const mean = pixels.reduce((a, b) => a + b) / pixels.length;
      const variance = pixels.reduce((sum, v) => sum + (v - mean) ** 2, 0) / pixels.length;
      let steps = 0;
      for (let i = 1; i < pixels.length; i++) steps += (pixels[i] - pixels[i - 1]) ** 2;
      expect(mean).toBeGreaterThan(20);
      expect(mean).toBeLessThan(235);
      expect(Math.sqrt(variance)).toBeGreaterThan(12);
      // Neighbours of white noise differ by twice the variance.
      expect(steps / pixels.length).toBeLessThan(1.2 * variance);
      means.push(mean);
    }
    expect(new Set(means.map(Math.round)).size).toBeGreaterThan(8);
  });
});

describe('randomSource', () => {
  it('is uniform on [0, 1) and repeats', () => {
    const [a, b] = [randomSource(9), randomSource(9)];
    const values = Array.from({length: 20_000}, a);
    expect(values.slice(0, 5)).toEqual(Array.from({length: 5}, b));
    expect(values.every(v => v >= 0 && v < 1)).toBe(true);
    const counts = new Array<number>(10).fill(0);
    for (const v of values) counts[Math.floor(v * 10)]++;
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });
});

function modelOf(inputs: Record<string, [readonly number[], string?]>): Graph {
  const names = Object.keys(inputs);
  const text = [...names.map(name => `${name} = Placeholder()`), `return ${names.join(', ')}`];
  const graph = parse(text.join('\n'));
  for (const [name, [shape, type]] of Object.entries(inputs)) declare(graph, name, shape, type);
  return graph;
}

function first(graph: Graph, options: ProbeOptions = {}, index = 0) {
  return tf.tidy(() => {
    const made = Object.entries(probeInputs(graph, index, options));
    return made.map(([name, t]) => ({name, shape: t.shape, dtype: t.dtype, values: t.dataSync()}));
  });
}

describe('probeInputs', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('are pictures where the input looks like one', () => {
    const [x] = first(modelOf({x: [[-1, 24, 32, 3]]}));
    expect([x.shape, x.dtype]).toEqual([[1, 24, 32, 3], 'float32']);
    const pixels = probeImage(0, 24, 32, 3);
    expect(x.values).toEqual(pixels.map(v => (v - 127.5) / 127.5));
  });

  it('are the same where they are kept, for each input, number and scaling', () => {
    const graph = modelOf({x: [[-1, 8, 8, 3]], y: [[-1, 8, 8, 3]]});
    const kept = new KeptValues();
    const scalings = [undefined, {mean: 0, std: 255}];
    for (const scaling of [...scalings, ...scalings]) {
      for (const index of [0, 1])
        expect(first(graph, {scaling, kept}, index)).toEqual(first(graph, {scaling}, index));
    }
  });

  it('are scaled as the caller says, by channel', () => {
    const scaling = {mean: [1, 2, 3], std: [10, 20, 40]};
    const [x] = first(modelOf({x: [[1, 8, 8, 3]]}), {scaling});
    const pixels = probeImage(0, 8, 8, 3);
    expect(x.values).toEqual(pixels.map((v, i) => (v - scaling.mean[i % 3]) / scaling.std[i % 3]));
  });

  it('are planar where channels come first', () => {
    const [x] = first(modelOf({x: [[-1, 3, 8, 10]]}));
    expect(x.shape).toEqual([1, 3, 8, 10]);
    const pixels = probeImage(0, 8, 10, 3);
    const at = (c: number, i: number) => Math.fround((pixels[3 * i + c] - 127.5) / 127.5);
    for (let c = 0; c < 3; c++) {
      for (let i = 0; i < 80; i++) expect(x.values[c * 80 + i]).toBe(at(c, i));
    }
  });

  it('are as many as a fixed batch', () => {
    const [x] = first(modelOf({x: [[2, 8, 8, 1]]}), {scaling: {mean: 0, std: 1}}, 3);
    expect(x.shape).toEqual([2, 8, 8, 1]);
    expect(x.values).toEqual(
      Float32Array.of(...probeImage(6, 8, 8, 1), ...probeDrawing(3, 8, 8, 1)),
    );
  });

  it('fill open sizes', () => {
    const [x, y] = first(modelOf({x: [[-1, -1, -1, 3]], y: [[-1, 5, -1]]}));
    expect([x.shape, y.shape]).toEqual([
      [1, 224, 224, 3],
      [1, 5, 1],
    ]);
  });

  it('are noise of [−1, 1] for other floats, zeros for the rest', () => {
    const graph = modelOf({
      a: [[1, 500]],
      n: [[4], 'DT_INT32'],
      b: [[2], 'DT_BOOL'],
      p: [[1, 8, 8, 3], 'DT_UINT8'],
    });
    const [a, n, b, p] = first(graph);
    expect(a.values.length).toBe(500);
    expect(Math.min(...a.values)).toBeLessThan(-0.9);
    expect(Math.max(...a.values)).toBeGreaterThan(0.9);
    expect([n.dtype, ...n.values]).toEqual(['int32', 0, 0, 0, 0]);
    expect([b.dtype, ...b.values]).toEqual(['bool', 0, 0]);
    expect(p.dtype).toBe('int32');
    expect([...p.values]).toEqual([...probeImage(0, 8, 8, 3)]); // raw pixels
  });

  it('differ from probe to probe', () => {
    const graph = modelOf({a: [[1, 8]], x: [[1, 8, 8, 3]]});
    const [one, two] = [first(graph, {}, 0), first(graph, {}, 1)];
    one.forEach(({values}, i) => expect(two[i].values).not.toEqual(values));
  });

  it('are the examples of the caller, who keeps them', () => {
    const example = tf.tensor([1, 2, 3]);
    const [a] = first(modelOf({a: [[-1]]}), {examples: {a: example}});
    expect([...a.values]).toEqual([1, 2, 3]);
    expect(example.isDisposed).toBe(false);
    example.dispose();
  });

  it('need an example where no shape is declared, and leave nothing behind', async () => {
    const graph = modelOf({x: [[1, 8, 8, 3]], q: [[]]});
    graph.replace({...graph.node('q'), attrs: {shape: {shape: {unknownRank: true}}}});
    const message = "input 'q' has no declared shape; give an example of it (option examples)";
    await leakFree(() => {
      expect(() => probeInputs(graph, 0, {})).toThrow(new DfqError(message));
      return Promise.resolve();
    });
  });
});

describe('inputSpecs', () => {
  it('fall back on the signature', () => {
    const source = modelOf({x: [[]]});
    const dim = [-1, 7].map(size => ({size: String(size)}));
    const signature = {inputs: {input: {name: 'x:0', tensorShape: {dim}}}};
    Object.assign(source, {modelFields: {signature}});
    expect(inputSpecs(source)).toEqual([{name: 'x', dtype: 'float32', shape: [-1, 7]}]);
  });
});
