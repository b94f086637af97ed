import * as tf from '@tensorflow/tfjs-core';
import {exportModel} from '../../src/graph/export_model.js';
import type {QuantizeOptions} from '../../src/options.js';
import {quantize} from '../../src/quantize.js';
import {score} from '../../src/score.js';
import {graphOf} from './fixtures.js';

/**
 * The third channel of a is a hundred times the others, and b hardly reads it: a's grid is too coarse. The
 * filter of b is exact.
 */
const COARSE = `
  x = Placeholder()
  a = MatMul(x, f32<4x4: 1 0.5 100 -0.3 0.7 -1 80 0.2 -0.4 0.3 60 1 0.1 0.6 -90 0.8>)
  b = MatMul(a, f32<4x4: 1.27 -0.5 0.3 0.2 0.4 1.27 -0.7 1.27 0.01 -0.01 0.01 0.01 -0.3 0.8 1.27 1>)
  c = MatMul(b, ~4x8)
  y = MatMul(c, ~8x4)
  return y`;

/** Equalization would mend it. */
const OPTIONS: QuantizeOptions = {
  passes: {'equalize-layers': false},
  perChannel: true,
  symmetric: true,
};

async function quantized(options: QuantizeOptions) {
  const model = await exportModel(graphOf(COARSE, {x: [-1, 4]}));
  const result = await quantize(model, {...OPTIONS, ...options});
  const {sqnr} = await score(model, result);
  model.dispose();
  result.dispose();
  const float = result.report.layers.filter(({decision}) => decision === 'float');
  return {sqnr, report: result.report, float: float.map(({name}) => name)};
}

describe('keepFloat', () => {
  it("'auto' keeps float what spoils the outputs, and the rest int8", async () => {
    const plain = await quantized({});
    const mixed = await quantized({keepFloat: 'auto', maxDrop: 0.03});
    expect(plain.float).toEqual([]);
    expect(mixed.float).toEqual(['a', 'b']);
    expect(mixed.sqnr).toBeGreaterThan(plain.sqnr + 6);
  });

  it('says what was kept, what it brought and what it costs', async () => {
    const {report} = await quantized({keepFloat: 'auto', maxDrop: 0.03});
    const {mixedPrecision} = report;
    expect(mixedPrecision?.nodes).toEqual(['a', 'b']);
    expect(mixedPrecision?.sources.map(({name, kind}) => [name, kind])).toEqual([
      ['a/BiasAdd', 'activations'],
    ]);
    expect(mixedPrecision?.macs).toBe(32);
    expect(mixedPrecision?.bytes).toBeGreaterThan(0);
    expect(mixedPrecision?.sqnr.after).toBeGreaterThanOrEqual(30.4);
    expect(report.layers[0].reason).toMatch(
      /^keepFloat: 8 bits leave the activations of 'a.BiasAdd' /,
    );
    expect(report.toString()).toContain('2 nodes stay float');
  });

  it('keeps nothing where nothing is lost', async () => {
    const {float, report} = await quantized({keepFloat: 'auto', maxDrop: 1});
    expect(float).toEqual([]);
    expect(report.mixedPrecision?.nodes).toEqual([]);
  });

  it('gives the same model each time, and leaves no tensors', async () => {
    const before = tf.memory().numTensors;
    const one = await quantized({keepFloat: 'auto', maxDrop: 0.03});
    const other = await quantized({keepFloat: 'auto', maxDrop: 0.03});
    expect(one.sqnr).toBe(other.sqnr);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('takes names, as skip does', async () => {
    expect((await quantized({keepFloat: ['a'], skip: ['c']})).float).toEqual(['a', 'c']);
  });

  it('refuses names that the model lacks, and a maxDrop that can not be', async () => {
    await expect(quantized({keepFloat: ['z']})).rejects.toThrow(
      "keepFloat: the model has no node 'z'",
    );
    await expect(quantized({keepFloat: 'auto', maxDrop: 0})).rejects.toThrow(
      'maxDrop is 0; it must be above 0 and at most 1',
    );
    await expect(quantized({maxDrop: 0.1})).rejects.toThrow("with keepFloat: 'auto' only");
  });
});
