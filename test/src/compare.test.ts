import {loadGraphModel} from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import {compare, type CompareOptions} from '../../src/compare.js';
import {exportModel} from '../../src/graph/export_model.js';
import {quantize} from '../../src/quantize.js';
import {graphOf, leakFree} from './fixtures.js';
import {around, BRANCH, SAME} from './pieces.js';

const IMAGE = {x: [-1, 8, 8, 4]};

async function withModel<T>(
  text: string,
  work: (model: Awaited<ReturnType<typeof exportModel>>) => Promise<T>,
) {
  await tf.setBackend('int8');
  const model = await exportModel(graphOf(text, IMAGE));
  try {
    return await work(model);
  } finally {
    model.dispose();
  }
}

const compared = (text: string, options?: CompareOptions) =>
  withModel(text, model => compare(model, options));

const RESIDUAL = around(`${BRANCH}\ns = AddV2(k, m)\nr = Relu(s)`);

describe('compare', () => {
  it('has every int8 op in order, with the float tensor that it stands for', async () => {
    const {layers, outputs, notCompared, samples} = await compared(RESIDUAL);
    expect(layers.map(({name, op}) => [name, op])).toEqual([
      ['k', 'Int8Conv2D'],
      ['m', 'Int8Conv2D'],
      ['r', 'Int8Add'],
      ['y', 'Int8Conv2D'],
    ]);
    expect(outputs.map(({name}) => name)).toEqual(['y']);
    expect(outputs[0].sqnr).toBe(layers[3].sqnr);
    expect([notCompared, samples]).toEqual([[], 4]);
    for (const {sqnr, ownSqnr, cosine} of layers) {
      expect(sqnr).toBeGreaterThan(25);
      expect(ownSqnr).toBeGreaterThan(25);
      expect(cosine).toBeGreaterThan(0.998);
    }
  });

  it('tells own errors from those of the layers before', async () => {
    const {layers} = await compared(RESIDUAL, {bits: 4});
    const [first, second, , last] = layers;
    expect(first.ownSqnr).toBe(first.sqnr); // nothing before it
    expect(second.ownSqnr).toBeGreaterThan(second.sqnr);
    expect(last.ownSqnr).toBeGreaterThan(last.sqnr);
  });

  it('names the channel that is lost', async () => {
    // one scale for all: channel 2 has a tenth of the others' range
    const weights = Array.from(
      {length: 16},
      (_, i) => (((7 * i) % 13) - 6) * (i % 4 === 2 ? 0.1 : 1),
    );
    const text = `x = Placeholder()
      a = Conv2D(x, f32<1x1x4x4: ${weights.join(' ')}>) ${SAME}
      r = Relu(a)
      y = Conv2D(r, ~1x1x4x4) ${SAME}
      return y`;
    const [plain] = (await compared(text, {passes: {'equalize-layers': false}})).layers;
    const [equalized] = (await compared(text)).layers;
    expect(plain.worstChannel?.channel).toBe(2);
    expect(plain.worstChannel?.sqnr).toBeLessThan(plain.sqnr - 10);
    expect(equalized.worstChannel?.sqnr).toBeGreaterThan(Number(plain.worstChannel?.sqnr) + 6);
  });

  it('compares a stored int8 model as the new one', async () => {
    await withModel(RESIDUAL, async model => {
      const int8 = await quantize(model, {perChannel: true, passes: {'correct-bias': false}});
      let saved: tf.io.ModelArtifacts | undefined;
      await int8.save(tf.io.withSaveHandler(async artifacts => {
        saved = artifacts;
        return {modelArtifactsInfo: {dateSaved: new Date(0), modelTopologyType: 'JSON'}};
      })); // prettier-ignore
      const stored = await loadGraphModel({load: async () => saved as tf.io.ModelArtifacts});
      const now = await compare(model, {perChannel: true, passes: {'correct-bias': false}});
      expect(await compare(model, {int8: stored})).toEqual(now);
      stored.dispose();
      int8.dispose();
    });
  });

  it('leaves out what another float model gives, and says so', async () => {
    await withModel(RESIDUAL, async model => {
      const int8 = await quantize(model);
      const text = RESIDUAL.replace('~4)', 'f32<4: 5 5 5 5>)');
      const {layers, notCompared} = await compared(text, {int8});
      expect(layers.map(({name}) => name)).not.toContain('k');
      expect(notCompared.map(({name}) => name)).toContain('k');
      expect(notCompared[0].reason).toMatch(/quantized again has other (grids|integers)/);
      int8.dispose();
    });
  });

  it('runs on data that it is given, and leaves no tensors', async () => {
    await tf.setBackend('int8');
    const data = [tf.randomUniform([2, 8, 8, 4], -1, 1, 'float32', 5)];
    await leakFree(async () => {
      const {samples, outputs} = await compared(RESIDUAL, {data});
      expect(samples).toBe(1);
      expect(outputs[0].sqnr).toBeGreaterThan(20);
    });
    expect(data[0].isDisposed).toBe(false);
    tf.dispose(data);
  });

  it('refuses what can not be', async () => {
    await withModel(RESIDUAL, async model => {
      await expect(compare(model, {samples: 0})).rejects.toThrow('samples is 0; it must be');
      await expect(compare(model, {int8: model})).rejects.toThrow('has no report');
      await expect(compare(model, {passes: {'quantize-weights': false}})).rejects.toThrow(
        'compare needs the pass quantize-weights',
      );
    });
  });
});
