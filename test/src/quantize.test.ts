import type {GraphModel} from '@tensorflow/tfjs-converter';
import {loadGraphModel} from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import {compare} from '../../src/compare.js';
import {DfqError} from '../../src/graph/dfq_error.js';
import {exportModel} from '../../src/graph/export_model.js';
import {quantize, rewrite} from '../../src/quantize.js';
import {passNames} from '../../src/index.js';
import type {QuantizedGraphModel} from '../../src/quantized_graph_model.js';
import {simulate} from '../../src/simulate.js';
import {errorOf, graphOf, leakFree, randomTensor, sqnr} from './fixtures.js';
import {smallMobileNet} from './small_mobilenet.js';

function artifactsOf(model: GraphModel): tf.io.ModelArtifacts {
  return (model as unknown as {artifacts: tf.io.ModelArtifacts}).artifacts;
}

/** Artifacts as plain values, to compare. */
async function saved(model: GraphModel): Promise<tf.io.ModelArtifacts> {
  let artifacts: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(given => {
      artifacts = given;
      const modelArtifactsInfo = {dateSaved: new Date(0), modelTopologyType: 'JSON' as const};
      return Promise.resolve({modelArtifactsInfo});
    }),
  );
  if (artifacts === undefined) throw new Error('nothing was saved');
  return artifacts;
}

function predict(model: GraphModel, x: tf.Tensor): Float32Array {
  const y = model.predict(x) as tf.Tensor;
  const values = y.dataSync<'float32'>();
  y.dispose();
  return values;
}

const bytesOf = (artifacts: tf.io.ModelArtifacts) => [
  ...new Uint8Array(artifacts.weightData as ArrayBuffer),
];

describe('quantize', () => {
  let float: GraphModel;
  let int8: QuantizedGraphModel;

  beforeAll(async () => {
    await tf.setBackend('int8');
    float = await smallMobileNet();
    int8 = await quantize(float);
  });

  beforeEach(() => tf.setBackend('int8'));

  it('makes every layer int8, from batch-norm statistics but for the image', () => {
    expect(
      int8.report.layers.map(({name, decision, statistics}) => [name, decision, statistics]),
    ).toEqual([
      ['c1', 'int8', 'probe'],
      ['c2', 'int8', 'batch-norm'],
      ['d3', 'int8', 'batch-norm'],
      ['c4', 'int8', 'batch-norm'],
      ['c5', 'int8', 'batch-norm'],
      ['f', 'int8', 'batch-norm'],
    ]);
    expect(int8.report.passes.map(({pass}) => pass)).toEqual(
      expect.arrayContaining([...passNames]),
    );
    expect(int8.report.notes).toEqual([
      "pixels are taken to enter 'x' as (v − 127.5) / 127.5; option input says otherwise",
    ]);
    expect(int8.report.toString().split('\n')[0]).toBe('6 of 6 layers are int8');
  });

  for (const batch of [1, 3, 16]) {
    it(`computes nearly what the float model does, batch ${batch}`, () => {
      const x = randomTensor([batch, 16, 16, 3], 1, -1, 1);
      const [want, got] = [float, int8].map(model => predict(model, x));
      expect(got.length).toBe(batch * 5);
      expect(sqnr(got, want)).toBeGreaterThan(20); // probabilities, off by a tenth of their size
      x.dispose();
    });
  }

  it('computes each sample alone', () => {
    const x = randomTensor([3, 16, 16, 3], 1, -1, 1);
    const all = predict(int8, x);
    const parts = tf.split(x, 3).map(part => [...predict(int8, part)]);
    expect([...all]).toEqual(parts.flat());
  });

  for (const backend of ['cpu', 'wasm']) {
    it(`runs on ${backend} by emulation`, async () => {
      const x = randomTensor([2, 16, 16, 3], 4, -1, 1);
      const want = predict(int8, x);
      const artifacts = await saved(int8);
      await tf.setBackend(backend);
      const model = await loadGraphModel(tf.io.fromMemory(artifacts));
      const input = randomTensor([2, 16, 16, 3], 4, -1, 1);
      expect(sqnr(predict(model, input), want)).toBeGreaterThan(40); // the same but for last steps
      model.dispose();
    });
  }

  it('saves and loads bit for bit', async () => {
    const artifacts = await saved(int8);
    const again = await loadGraphModel(tf.io.fromMemory(artifacts));
    const x = randomTensor([2, 16, 16, 3], 9, -1, 1);
    expect([...predict(again, x)]).toEqual([...predict(int8, x)]);
    expect(again.inputs.map(({name, shape}) => [name, shape])).toEqual([['x', [-1, 16, 16, 3]]]);
    again.dispose();
  });

  it('stores a weight in a byte', () => {
    const bytes = (model: GraphModel) => bytesOf(artifactsOf(model)).length;
    // Filters 3,344 weights in all; 5 arrays a channel go with each layer.
    expect(bytes(int8)).toBeLessThan(0.45 * bytes(float));
  });

  it('gives the same bytes each time', async () => {
    const again = await quantize(float);
    const [a, b] = [int8, again].map(model => artifactsOf(model));
    expect(JSON.stringify(b.modelTopology)).toBe(JSON.stringify(a.modelTopology));
    expect(JSON.stringify(b.weightSpecs)).toBe(JSON.stringify(a.weightSpecs));
    expect(bytesOf(b)).toEqual(bytesOf(a));
    again.dispose();
  });

  for (const backend of ['cpu', 'wasm', 'int8']) {
    it(`gives the same bytes from ${backend}, and goes back to it`, async () => {
      await tf.setBackend(backend);
      const model = await smallMobileNet();
      const quantized = await quantize(model);
      expect(tf.getBackend()).toBe(backend);
      expect(bytesOf(artifactsOf(quantized))).toEqual(bytesOf(artifactsOf(int8)));
      model.dispose();
      quantized.dispose();
    });
  }

  it('leaves the model as it was, and no tensors but the result', async () => {
    const before = JSON.stringify(artifactsOf(float));
    const bytes = bytesOf(artifactsOf(float));
    await leakFree(async () => (await quantize(float)).dispose());
    expect(JSON.stringify(artifactsOf(float))).toBe(before);
    expect(bytesOf(artifactsOf(float))).toEqual(bytes);
    const x = randomTensor([1, 16, 16, 3]);
    expect(predict(float, x).length).toBe(5);
  });

  it('keeps the report in the metadata', async () => {
    const {userDefinedMetadata} = await saved(int8);
    const {layers} = (userDefinedMetadata as {dfq: {layers: unknown[]}}).dfq;
    expect(layers).toEqual(int8.report.layers);
  });

  it('takes images of any size where the model does', async () => {
    const open = await smallMobileNet(-1);
    const quantized = await quantize(open);
    for (const size of [16, 23]) {
      const x = randomTensor([1, size, size, 3], 2, -1, 1);
      expect(sqnr(predict(quantized, x), predict(open, x))).toBeGreaterThan(20);
    }
    open.dispose();
    quantized.dispose();
  });

  it('takes a model of a fixed batch', async () => {
    const text =
      'x = Placeholder()\ny = Conv2D(x, ~3x3x3x4) strides=[1 1 1 1] dilations=[1 1 1 1] padding=SAME\nreturn y';
    const model = await exportModel(graphOf(text, {x: [4, 8, 8, 3]}));
    const quantized = await quantize(model);
    expect(quantized.report.layers.map(({decision}) => decision)).toEqual(['int8']);
    model.dispose();
    quantized.dispose();
  });

  it('reports its progress', async () => {
    const seen: number[] = [];
    const steps = new Set<string>();
    const onProgress = ({step, done, total}: {step: string; done: number; total: number}) => {
      seen.push(done / total);
      steps.add(step);
    };
    (await quantize(float, {onProgress})).dispose();
    expect(seen.every((value, i) => i === 0 || value >= seen[i - 1])).toBe(true);
    expect([seen[0], seen.at(-1)]).toEqual([0, 1]);
    expect([...steps].slice(-2)).toEqual(['lower-to-int8', 'report']);
  });

  it('lets the host do other things meanwhile', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    (await quantize(float)).dispose();
    clearInterval(timer);
    expect(turns).toBeGreaterThan(20);
  });

  for (const step of ['canonicalize', 'trace-shapes', 'correct-bias', 'lower-to-int8', 'report']) {
    it(`stops in ${step} when it is cancelled, and leaves nothing behind`, async () => {
      const controller = new AbortController();
      const after: string[] = [];
      const onProgress = (progress: {step: string}) => {
        if (controller.signal.aborted) after.push(progress.step);
        if (progress.step === step) controller.abort(new DfqError('enough'));
      };
      const {signal} = controller;
      const options = {onProgress, signal, biasCorrection: 'empirical'} as const;
      const error = await leakFree(() => errorOf(quantize(float, options)));
      expect(error).toBe(signal.reason);
      expect(error.message).toBe('enough');
      expect(after).toEqual([]);
      expect(tf.getBackend()).toBe('int8');
    });
  }

  it('says so where the signal gives no reason', async () => {
    const error = await errorOf(quantize(float, {signal: {aborted: true}}));
    expect(error instanceof DfqError).toBe(true);
    expect(error.message).toBe('quantize was cancelled');
  });

  it('cancels simulations and comparisons too', async () => {
    const signal = AbortSignal.abort();
    expect(await leakFree(() => errorOf(simulate(float, {signal})))).toBe(signal.reason);
    const controller = new AbortController();
    const onProgress = ({step}: {step: string}) => {
      if (step === 'compare') controller.abort();
    };
    const options = {signal: controller.signal, onProgress};
    expect(await leakFree(() => errorOf(compare(float, options)))).toBe(controller.signal.reason);
  });
});

describe('rewrite', () => {
  it('folds batch norm and computes the same', async () => {
    await tf.setBackend('cpu');
    const model = await smallMobileNet();
    const folded = await rewrite(model);
    const x = randomTensor([2, 16, 16, 3]);
    expect(sqnr(predict(folded, x), predict(model, x))).toBeGreaterThan(100); // 1e-5 relative
    const {modelTopology} = artifactsOf(folded) as {modelTopology: {node: {op: string}[]}};
    expect(modelTopology.node.some(({op}) => op === 'FusedBatchNormV3')).toBe(false);
    const equal = await rewrite(model, {passes: ['fold-batch-norm', 'equalize-layers']});
    expect(sqnr(predict(equal, x), predict(model, x))).toBeGreaterThan(100);
  });
});
