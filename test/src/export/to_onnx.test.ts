import '@tensorflow/tfjs-backend-cpu';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {type GraphModel, loadGraphModel} from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import {exportModel} from '../../../src/graph/export_model.js';
import {type QuantizeOptions, quantize, toOnnx} from '../../../src/index.js';
import {errorOf, graphOf, leakFree, randomTensor} from '../fixtures.js';
import {around, PIECES, SAME} from '../pieces.js';
import {inputsOf, load, names} from '../shared_models.js';
import {smallMobileNet} from '../small_mobilenet.js';
import {agreement, endOnnx, relativeError, runOnnx} from './onnx_runtime.js';

afterAll(endOnnx);

/** A quantized model agrees with onnxruntime if each op is within one step of its grid. */
async function expectAgreement(
  model: GraphModel,
  inputs: tf.NamedTensorMap,
  options: QuantizeOptions = {},
): Promise<void> {
  const quantized = await quantize(model, options);
  await tf.setBackend('int8');
  for (const byteType of ['uint8', 'int8'] as const) {
    const {steps, output} = await agreement(quantized, inputs, byteType);
    expect(Object.keys(steps).length).toBeGreaterThan(0);
    expect(Object.entries(steps).filter(([, worst]) => worst > 1)).toEqual([]);
    expect(output).toBeLessThanOrEqual(1e-5);
  }
  quantized.dispose();
}

const SHAPE = [1, 8, 8, 4];
const NOISE: QuantizeOptions = {statistics: 'probe'};

describe('toOnnx of an int8 model', () => {
  for (const [name, middle] of PIECES) {
    it(`agrees with onnxruntime within one step: ${name}`, async () => {
      const model = await exportModel(graphOf(around(middle), {x: [-1, 8, 8, 4]}));
      await expectAgreement(model, {x: randomTensor(SHAPE)}, NOISE);
    });
  }

  for (const [size, padding] of [
    ['15 16', 'SAME'],
    ['18 17', 'VALID'],
  ]) {
    it(`agrees with onnxruntime within one step: a result of ${size}, ${padding}`, async () => {
      const middle = `
        b = Conv2DBackpropInput(i32<4: 1 ${size} 4>, ~3x3x4x4, a) strides=[1 2 2 1] padding=${padding}
        r = Relu(b)`;
      const model = await exportModel(graphOf(around(middle), {x: [-1, 8, 8, 4]}));
      await expectAgreement(model, {x: randomTensor(SHAPE)}, NOISE);
    });
  }

  it('agrees with onnxruntime: a small MobileNet, its ReLU6 capped for each channel', async () => {
    await expectAgreement(await smallMobileNet(), {x: randomTensor([1, 16, 16, 3])}, NOISE);
  });

  it('agrees with onnxruntime: symmetric weights for each channel', async () => {
    const options: QuantizeOptions = {...NOISE, perChannel: true, symmetricWeights: true};
    await expectAgreement(await smallMobileNet(), {x: randomTensor([1, 16, 16, 3])}, options);
  });

  it('takes any batch', async () => {
    const quantized = await quantize(await smallMobileNet(), NOISE);
    await tf.setBackend('int8');
    const x = randomTensor([3, 16, 16, 3]);
    const {y} = await runOnnx(await toOnnx(quantized), {x});
    const ours = quantized.predict(x) as tf.Tensor;
    expect(y.dims).toEqual([3, 5]);
    expect(relativeError(y, ours.dataSync())).toBeLessThan(0.05);
  });

  it('agrees with onnxruntime: the embedded model', async () => {
    const model = await embedded();
    await expectAgreement(model, inputsOf(model));
  });

  it('refuses zero points that differ from channel to channel, with the remedy', async () => {
    const quantized = await quantize(await smallMobileNet(), {...NOISE, perChannel: true});
    const {message} = await errorOf(toOnnx(quantized));
    expect(message).toContain("(Int8Conv2D) can't be exported to ONNX");
    expect(message).toContain('quantize with symmetric weights');
  });
});

describe('toOnnx of a float model', () => {
  for (const [name, middle] of PIECES) {
    it(`computes the same: ${name}`, async () => {
      await tf.setBackend('cpu');
      const model = await exportModel(graphOf(around(middle), {x: [-1, 8, 8, 4]}));
      const x = randomTensor(SHAPE);
      const {y} = await runOnnx(await toOnnx(model), {x});
      expect(relativeError(y, (model.predict(x) as tf.Tensor).dataSync())).toBeLessThan(1e-5);
    });
  }

  it('leaves no tensors behind', async () => {
    const model = await smallMobileNet();
    await leakFree(() => toOnnx(model));
  });

  it('names an op that it has no rule for', async () => {
    const text = `x = Placeholder()\ny = Conv2D(x, ~1x1x4x4) ${SAME}\nz = Bincount(y)\nreturn z`;
    const model = await exportModel(graphOf(text, {x: [1, 8, 8, 4]}));
    const {message} = await errorOf(toOnnx(model));
    expect(message).toBe(
      "'z' (Bincount) can't be exported to ONNX: there is no rule for this operation",
    );
  });

  it('names an activation type that there is none of', async () => {
    const model = await smallMobileNet();
    const {message} = await errorOf(toOnnx(model, {activations: 'int4' as 'int8'}));
    expect(message).toBe("activations is 'int4'; it must be one of uint8, int8");
  });
});

const EXPORTED = ['doodlenet', 'emotion', 'mobilenet_v2_cifar', 'resnet18_cifar'];
const shared = names.filter(name => process.env.DFQ_ALL_MODELS || EXPORTED.includes(name));

(shared.length > 0 ? describe : describe.skip)('toOnnx of models of others', () => {
  for (const name of shared) {
    it(`agrees with onnxruntime: ${name}`, async () => {
      await tf.setBackend('cpu');
      const model = await load(name);
      await expectAgreement(model, inputsOf(model));
    });
  }
});

async function embedded(): Promise<GraphModel> {
  const folder = path.resolve(__dirname, '../../../models/pictograms');
  const read = (file: string) => readFileSync(path.join(folder, file));
  const {weightsManifest, ...json} = JSON.parse(read('model.json').toString()) as tf.io.ModelJSON;
  return loadGraphModel(
    tf.io.fromMemory({
      ...json,
      weightSpecs: weightsManifest.flatMap(({weights}) => weights),
      weightData: new Uint8Array(
        Buffer.concat(weightsManifest.flatMap(({paths}) => paths.map(read))),
      ).buffer,
    }),
  );
}
