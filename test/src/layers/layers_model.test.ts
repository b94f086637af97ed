import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {inspect, quantize, rewrite, toGraphModel} from '../../../src/index.js';
import {layersArtifacts} from '../../../src/layers/layers_model.js';
import {chain, inputsOf, list, randomize, relativeError, tracingError} from './agreement.js';

const {layers} = tfl;
const TOLERANCE = 1e-5;

beforeAll(async () => {
  await tf.setBackend('int8');
  await tf.setBackend('cpu');
});

const conv = (filters: number, name?: string) =>
  layers.conv2d({filters, kernelSize: 3, padding: 'same', activation: 'relu', name});

/** Convolution, batch norm and ReLU6, as MobileNets have them, and a head. */
function smallNet(): tfl.LayersModel {
  return tfl.sequential({
    layers: [
      layers.conv2d({inputShape: [12, 12, 3], filters: 8, kernelSize: 3, strides: 2, name: 'stem'}),
      layers.batchNormalization({name: 'stem_bn'}),
      layers.reLU({maxValue: 6}),
      layers.depthwiseConv2d({kernelSize: 3, useBias: false, name: 'depthwise'}),
      layers.batchNormalization(),
      layers.activation({activation: 'relu6'}),
      layers.globalAveragePooling2d({}),
      layers.dropout({rate: 0.1}),
      layers.dense({units: 4, activation: 'softmax', name: 'head'}),
    ],
  });
}

describe('a traced model', () => {
  it('is its Sequential', async () => {
    expect(await tracingError(smallNet())).toBeLessThan(TOLERANCE);
  });

  it('contains Sequential and Functional models', async () => {
    const inner = chain([6, 6, 4], conv(4), layers.batchNormalization());
    const head = tfl.sequential({
      layers: [layers.flatten({inputShape: [6, 6, 4]}), layers.dense({units: 3})],
    });
    const input = tfl.input({shape: [6, 6, 3]});
    let y = conv(4).apply(input) as tfl.SymbolicTensor;
    y = inner.apply(y) as tfl.SymbolicTensor;
    y = layers.add().apply([y, inner.apply(y) as tfl.SymbolicTensor]) as tfl.SymbolicTensor;
    y = head.apply(y) as tfl.SymbolicTensor;
    expect(await tracingError(tfl.model({inputs: input, outputs: y}))).toBeLessThan(TOLERANCE);
  });

  it('begins with a model', async () => {
    const base = tfl.sequential({layers: [layers.dense({units: 5, inputShape: [4]})]});
    const model = tfl.sequential({layers: [base, layers.dense({units: 2})]});
    expect(await tracingError(model)).toBeLessThan(TOLERANCE);
  });

  it('shares the weights of a layer that is called twice', async () => {
    const twins = [0, 1].map(i => tfl.input({shape: [6, 6, 3], name: `twin${i}`}));
    const shared = conv(4, 'shared');
    const ends = twins.map(x => layers.flatten().apply(shared.apply(x)) as tfl.SymbolicTensor);
    const outputs = layers.dot({axes: -1, normalize: true}).apply(ends) as tfl.SymbolicTensor;
    const model = tfl.model({inputs: twins, outputs});
    expect(await tracingError(model)).toBeLessThan(TOLERANCE);
    const traced = await toGraphModel(model);
    const kernels = Object.values(traced.weights).filter(([{rank}]) => rank === 4);
    expect(kernels.length).toBe(1);
    traced.dispose();
  });

  it('has the inputs and outputs of the model, by name and in order', async () => {
    const inputs = ['left', 'right'].map(name => tfl.input({shape: [3], name}));
    const sum = layers.add({name: 'sum'}).apply(inputs) as tfl.SymbolicTensor;
    const tanh = layers.activation({activation: 'tanh', name: 'tanh'});
    const outputs = [tanh.apply(sum) as tfl.SymbolicTensor, sum];
    const model = tfl.model({inputs, outputs});
    expect(await tracingError(model)).toBeLessThan(TOLERANCE);
    const traced = await toGraphModel(model);
    expect(traced.inputNodes).toEqual(['left', 'right']);
    expect(traced.outputNodes).toEqual(['tanh', 'sum']);
    const [x] = inputsOf(model);
    const results = traced.predict({left: x, right: x}) as tf.Tensor[];
    expect(relativeError(results, model.predict([x, x]) as tf.Tensor[])).toBeLessThan(TOLERANCE);
    traced.dispose();
  });

  it('keeps batch norm as one node', async () => {
    const traced = await toGraphModel(randomize(smallNet()));
    const {modelTopology} = (traced as unknown as {artifacts: {modelTopology: {node: {op: string}[]}}}).artifacts; // prettier-ignore
    const ops = modelTopology.node.map(({op}) => op).filter(op => op !== 'Const');
    expect(ops).toEqual([
      ...['Placeholder', 'Conv2D', 'BiasAdd', 'FusedBatchNormV3', 'Relu6'],
      ...['DepthwiseConv2dNative', 'FusedBatchNormV3', 'Relu6'],
      ...['Mean', 'MatMul', 'BiasAdd', 'Softmax'],
    ]);
    traced.dispose();
  });

  it('is the same of a saved model, without tfjs-layers', async () => {
    const model = randomize(smallNet());
    const saved = JSON.parse(
      JSON.stringify((await layersArtifacts(model)).modelTopology),
    ) as object;
    const artifacts = {...(await layersArtifacts(model)), modelTopology: saved};
    const traced = await toGraphModel(artifacts);
    const [x] = inputsOf(model);
    const outputs = [traced.predict(x) as tf.Tensor];
    expect(relativeError(outputs, list(model.predict(x) as tf.Tensor))).toBeLessThan(TOLERANCE);
    traced.dispose();
  });

  it('is of a topology as Keras wraps it', async () => {
    const model = randomize(smallNet());
    const {modelTopology: model_config, ...artifacts} = await layersArtifacts(model);
    const modelTopology = {keras_version: '2.1.6', backend: 'tensorflow', model_config};
    const traced = await toGraphModel({...artifacts, modelTopology});
    expect(traced.outputNodes).toEqual(['head']);
    traced.dispose();
  });
});

describe('passes take a LayersModel', () => {
  it('quantize folds its batch norms, takes their statistics, and leaves it as it was', async () => {
    const model = randomize(smallNet());
    const before = model.getWeights().map(tensor => Array.from(tensor.dataSync()));
    const tensors = tf.memory().numTensors;
    const quantized = await quantize(model, {input: {mean: 127.5, std: 127.5}});
    expect(quantized.report.layers.map(({decision}) => decision)).toEqual(['int8', 'int8', 'int8']);
    // The first layer reads the input, which no batch norm tells of.
    expect(quantized.report.layers.map(({statistics}) => statistics)).toEqual(['probe', 'batch-norm', 'batch-norm']); // prettier-ignore
    quantized.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
    expect(model.getWeights().map(tensor => Array.from(tensor.dataSync()))).toEqual(before);
  });

  it('rewrite folds them', async () => {
    const model = randomize(smallNet());
    const folded = await rewrite(model);
    const [x] = inputsOf(model);
    const outputs = [folded.predict(x) as tf.Tensor];
    expect(relativeError(outputs, [model.predict(x) as tf.Tensor])).toBeLessThan(TOLERANCE);
    folded.dispose();
  });

  it('inspect counts its weights', async () => {
    const model = smallNet();
    const {parameters, bytes, inputs, ops} = await inspect(model);
    const axes = 2; // of the mean over the image, which are constants too
    expect(parameters).toBe(model.countParams() + axes);
    expect(bytes).toBe(4 * model.countParams());
    expect(inputs[0].shape).toEqual([-1, 12, 12, 3]);
    expect(ops['FusedBatchNormV3']).toBe(2);
  });
});

describe('tracing refuses', () => {
  const refusal = async (model: tfl.LayersModel | tf.io.ModelArtifacts) =>
    toGraphModel(model).then(
      () => 'nothing',
      (error: Error) => error.message,
    );

  it('a layer that it does not know', async () => {
    const model = chain([4, 4, 4, 2], layers.conv3d({filters: 1, kernelSize: 2, name: 'volume'}));
    expect(await refusal(model)).toBe(
      "layer 'volume' (Conv3D) is of a class that cannot be traced; leave it out, or convert the model with " +
        'tensorflowjs_converter --input_format=tfjs_layers_model --output_format=tfjs_graph_model',
    );
  });

  it('causal padding', async () => {
    const model = chain([5, 2], layers.conv1d({filters: 1, kernelSize: 2, padding: 'causal', name: 'past'})); // prettier-ignore
    expect(await refusal(model)).toBe(
      "layer 'past' (Conv1D) has padding 'causal'; TensorFlow.js runs 'valid' and 'same'",
    );
  });

  it('a weight that is missing', async () => {
    const {weightSpecs = [], ...artifacts} = await layersArtifacts(smallNet());
    const kept = weightSpecs.filter(({name}) => name !== 'stem/bias');
    const weightData = new ArrayBuffer(4 * kept.reduce((n, {shape}) => n + tf.util.sizeFromShape(shape), 0)); // prettier-ignore
    expect(await refusal({...artifacts, weightSpecs: kept, weightData})).toBe(
      "layer 'stem' has no weight 'bias'; save the model again, with all its weights",
    );
  });

  it('weights that are not there at all', async () => {
    const {modelTopology} = await layersArtifacts(smallNet());
    expect(await refusal({modelTopology})).toBe('the model has no weights; save it with them');
  });

  it('the format of Keras 3', async () => {
    const artifacts = await layersArtifacts(chain([3], layers.dense({units: 2})));
    const topology = artifacts.modelTopology as {config: {layers: {inbound_nodes: unknown[]}[]}};
    topology.config.layers[1].inbound_nodes = [{args: [], kwargs: {}}];
    expect(await refusal(artifacts)).toBe(
      'the topology is of Keras 3, which TensorFlow.js cannot load; save the model with Keras 2 (tf_keras)',
    );
  });
});
