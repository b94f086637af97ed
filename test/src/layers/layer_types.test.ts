import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {toGraphModel} from '../../../src/index.js';
import {LAYER_TYPES} from '../../../src/layers/layer_types.js';
import {chain, inputsOf, randomize, relativeError, tracingError} from './agreement.js';

const {layers} = tfl;
type Make = () => tfl.LayersModel;

/** Relative; the same operations in another order. */
const TOLERANCE = 1e-5;

const activations = [
  ...['linear', 'relu', 'relu6', 'elu', 'selu', 'sigmoid', 'hardSigmoid', 'softmax', 'softplus'],
  ...['softsign', 'tanh', 'swish', 'mish', 'gelu', 'gelu_new', 'logSoftmax'],
] as const;

const image = [9, 7, 4];
const sequence = [6, 5];

/** Two inputs of given shapes, merged by `layer`. */
function merged(layer: tfl.layers.Layer, a: number[], b = a): tfl.LayersModel {
  const inputs = [a, b].map((shape, i) => tfl.input({shape, name: `x${i}`}));
  return tfl.model({inputs, outputs: layer.apply(inputs) as tfl.SymbolicTensor});
}

const channelsFirst = {dataFormat: 'channelsFirst'} as const;

const CASES: Record<string, Make> = {
  Conv1D: () => chain(sequence, layers.conv1d({filters: 4, kernelSize: 3, activation: 'relu'})),
  'Conv1D, same, strided': () =>
    chain(sequence, layers.conv1d({filters: 4, kernelSize: 3, strides: 2, padding: 'same'})),
  'Conv1D, dilated': () =>
    chain(sequence, layers.conv1d({filters: 4, kernelSize: 2, dilationRate: 2})),
  Conv2D: () => chain(image, layers.conv2d({filters: 4, kernelSize: [3, 2], strides: [2, 1]})),
  'Conv2D, same, dilated': () =>
    chain(
      image,
      layers.conv2d({filters: 4, kernelSize: 3, padding: 'same', dilationRate: 2, useBias: false}),
    ),
  'Conv2D, channels first': () =>
    chain([3, 8, 7], layers.conv2d({filters: 4, kernelSize: 3, ...channelsFirst})),
  'Conv2D, fused activation': () =>
    chain(image, layers.conv2d({filters: 4, kernelSize: 3, activation: 'relu6'})),
  DepthwiseConv2D: () =>
    chain(
      image,
      layers.depthwiseConv2d({kernelSize: 3, depthMultiplier: 2, strides: 2, padding: 'same'}),
    ),
  SeparableConv2D: () =>
    chain(
      image,
      layers.separableConv2d({filters: 5, kernelSize: 3, depthMultiplier: 2, activation: 'elu'}),
    ),
  Conv2DTranspose: () =>
    chain(image, layers.conv2dTranspose({filters: 5, kernelSize: 3, strides: 2})),
  'Conv2DTranspose, same': () =>
    chain(image, layers.conv2dTranspose({filters: 5, kernelSize: 4, strides: 2, padding: 'same'})),
  'Conv2DTranspose, kernel less than stride': () =>
    chain(image, layers.conv2dTranspose({filters: 2, kernelSize: 1, strides: 3})),
  Dense: () => chain([5], layers.dense({units: 3, activation: 'tanh'})),
  'Dense of rank 3': () => chain(sequence, layers.dense({units: 3, activation: 'sigmoid'})),
  'Dense of rank 4': () => chain(image, layers.dense({units: 3, useBias: false})),
  BatchNormalization: () => chain(image, layers.batchNormalization()),
  'BatchNormalization of rank 2': () => chain([5], layers.batchNormalization({epsilon: 0.01})),
  'BatchNormalization of rank 3': () => chain(sequence, layers.batchNormalization()),
  'BatchNormalization without gamma and beta': () =>
    chain(image, layers.batchNormalization({scale: false, center: false})),
  'BatchNormalization behind Dense': () =>
    chain([5], layers.dense({units: 3}), layers.batchNormalization()),
  LayerNormalization: () => chain(sequence, layers.layerNormalization()),
  'LayerNormalization over two axes': () =>
    chain(image, layers.layerNormalization({axis: [-2, -1], epsilon: 0.1})),
  'LayerNormalization over the first axis': () =>
    chain(sequence, layers.layerNormalization({axis: 1, scale: false})),
  ...Object.fromEntries(
    activations.map(activation => [
      `Activation ${activation}`,
      () => chain(image, layers.activation({activation: activation as 'relu'})),
    ]),
  ),
  ReLU: () => chain(image, layers.reLU()),
  'ReLU to 6': () => chain(image, layers.reLU({maxValue: 6})),
  'ReLU to 1': () => chain(image, layers.reLU({maxValue: 1})),
  LeakyReLU: () => chain(image, layers.leakyReLU({alpha: 0.1})),
  PReLU: () => chain(image, layers.prelu({sharedAxes: [1, 2]})),
  'PReLU, not shared': () => chain(image, layers.prelu()),
  ELU: () => chain(image, layers.elu()),
  ThresholdedReLU: () => chain(image, layers.thresholdedReLU({theta: 0.7})),
  Softmax: () => chain([5], layers.softmax()),
  'Softmax of rank 3': () => chain(sequence, layers.softmax({axis: -1})),
  MaxPooling1D: () => chain(sequence, layers.maxPooling1d({poolSize: 2})),
  AveragePooling1D: () =>
    chain(sequence, layers.averagePooling1d({poolSize: 3, strides: 2, padding: 'same'})),
  MaxPooling2D: () => chain(image, layers.maxPooling2d({poolSize: [2, 3], strides: [1, 2]})),
  AveragePooling2D: () => chain(image, layers.averagePooling2d({padding: 'same'})),
  'MaxPooling2D, channels first': () => chain([3, 8, 7], layers.maxPooling2d({...channelsFirst})),
  GlobalMaxPooling1D: () => chain(sequence, layers.globalMaxPooling1d({})),
  GlobalAveragePooling1D: () => chain(sequence, layers.globalAveragePooling1d({})),
  GlobalMaxPooling2D: () => chain(image, layers.globalMaxPooling2d({})),
  GlobalAveragePooling2D: () => chain(image, layers.globalAveragePooling2d({})),
  'GlobalAveragePooling2D, channels first': () =>
    chain([3, 8, 7], layers.globalAveragePooling2d({...channelsFirst})),
  ZeroPadding2D: () => chain(image, layers.zeroPadding2d({padding: [[1, 0], [2, 3]]})), // prettier-ignore
  Cropping2D: () => chain(image, layers.cropping2D({cropping: [[1, 2], [0, 3]]})), // prettier-ignore
  UpSampling2D: () => chain(image, layers.upSampling2d({size: [2, 3]})),
  'UpSampling2D, bilinear': () =>
    chain(image, layers.upSampling2d({size: [2, 2], interpolation: 'bilinear'})),
  Flatten: () => chain(image, layers.flatten()),
  'Flatten, channels first': () => chain([3, 8, 7], layers.flatten({...channelsFirst})),
  Reshape: () => chain(image, layers.reshape({targetShape: [21, 12]})),
  'Reshape with one size to be found': () => chain(image, layers.reshape({targetShape: [-1, 12]})),
  Permute: () => chain(image, layers.permute({dims: [3, 1, 2]})),
  RepeatVector: () => chain([5], layers.repeatVector({n: 3})),
  Dropout: () => chain([5], layers.dropout({rate: 0.5}), layers.dense({units: 2})),
  SpatialDropout1D: () =>
    chain(sequence, layers.spatialDropout1d({rate: 0.5}), layers.dense({units: 2})),
  GaussianNoise: () => chain([5], layers.gaussianNoise({stddev: 1}), layers.dense({units: 2})),
  GaussianDropout: () => chain([5], layers.gaussianDropout({rate: 0.5}), layers.dense({units: 2})),
  AlphaDropout: () => chain([5], layers.alphaDropout({rate: 0.5}), layers.dense({units: 2})),
  Add: () => merged(layers.add(), image),
  'Add of different ranks': () => merged(layers.add(), [3, 4], [4]),
  Multiply: () => merged(layers.multiply(), image),
  'Multiply by [1, 1, C]': () => merged(layers.multiply(), image, [1, 1, 4]),
  Average: () => merged(layers.average(), image),
  Maximum: () => merged(layers.maximum(), image),
  Minimum: () => merged(layers.minimum(), image),
  Concatenate: () => merged(layers.concatenate(), image, [9, 7, 2]),
  'Concatenate, axis 1': () => merged(layers.concatenate({axis: 1}), image, [2, 7, 4]),
  'Dot of vectors': () => merged(layers.dot({axes: -1}), [5]),
  'Dot of vectors, normalized': () => merged(layers.dot({axes: -1, normalize: true}), [5]),
  'Dot of matrices': () => merged(layers.dot({axes: [2, 1]}), [3, 5], [5, 4]),
  'Dot of matrices along their rows': () => merged(layers.dot({axes: [1, 1]}), [5, 3], [5, 4]),
  Embedding: () => {
    const inputs = tfl.input({shape: [6], dtype: 'int32', name: 'x'});
    const outputs = layers.embedding({inputDim: 9, outputDim: 4}).apply(inputs);
    return tfl.model({inputs, outputs: outputs as tfl.SymbolicTensor});
  },
  Masking: () => chain(sequence, layers.masking({maskValue: 0}), layers.dense({units: 2})),
  Rescaling: () => chain(image, layers.rescaling({scale: 1 / 127.5, offset: -1})),
  CenterCrop: () => chain(image, layers.centerCrop({height: 4, width: 3})),
  'CenterCrop of all': () => chain(image, layers.centerCrop({height: 9, width: 7})),
  'CenterCrop of a small image': () => chain(image, layers.centerCrop({height: 12, width: 14})),
  TimeDistributed: () =>
    chain(
      [3, ...image],
      layers.timeDistributed({layer: layers.conv2d({filters: 2, kernelSize: 3})}),
    ),
  'TimeDistributed Dense': () =>
    chain(sequence, layers.timeDistributed({layer: layers.dense({units: 2})})),
};

describe('a traced layer computes what tf.layers computes', () => {
  beforeAll(async () => {
    await tf.setBackend('int8');
    await tf.setBackend('cpu');
  });

  it.each(Object.entries(CASES))('%s', async (_, make) => {
    expect(await tracingError(make())).toBeLessThan(TOLERANCE);
  });
});

describe('open sizes', () => {
  it.each<[string, Make]>([
    ['images', () => chain([null, null, 3], layers.conv2d({filters: 2, kernelSize: 3}))],
    ['up-sampled images', () => chain([null, null, 3], layers.upSampling2d({size: [2, 3]}))],
    [
      'images of transposed convolutions',
      () => chain([null, null, 3], layers.conv2dTranspose({filters: 2, kernelSize: 3, strides: 2})),
    ],
    [
      'cropped images',
      () => chain([null, null, 3], layers.cropping2D({cropping: [1, 0]} as never)),
    ],
    [
      'sequences',
      () => chain([null, 5], layers.conv1d({filters: 2, kernelSize: 3}), layers.dense({units: 3})),
    ],
    ['sequences of TimeDistributed', () =>
      chain([null, 5], layers.timeDistributed({layer: layers.dense({units: 3})}))], // prettier-ignore
    ['pooled sequences', () => chain([null, 5], layers.globalMaxPooling1d({}))],
  ])('stay open: %s', async (_, make) => {
    expect(await tracingError(make(), 6)).toBeLessThan(TOLERANCE);
  });
});

describe('where tf.layers itself fails', () => {
  /** Output of the traced model on `x`. */
  async function traced(model: tfl.LayersModel, x: tf.Tensor): Promise<tf.Tensor> {
    const graphModel = await toGraphModel(model);
    const y = graphModel.predict(x) as tf.Tensor;
    graphModel.dispose();
    return y;
  }

  it.each(['bilinear', 'nearest'] as const)('Resizing aligns corners: %s', async interpolation => {
    const model = chain(image, layers.resizing({height: 5, width: 11, interpolation}));
    const [x] = inputsOf(model) as [tf.Tensor4D];
    const resize = {bilinear: tf.image.resizeBilinear, nearest: tf.image.resizeNearestNeighbor};
    const expected = resize[interpolation](x, [5, 11], true);
    expect(relativeError([await traced(model, x)], [expected])).toBeLessThan(TOLERANCE);
  });

  it('BatchNormalization takes any axis, on every backend', async () => {
    const norm = layers.batchNormalization({axis: 1});
    const model = randomize(chain([3, 8, 7], norm));
    const last = layers.batchNormalization({axis: -1});
    const moved = chain([3, 8, 7], layers.permute({dims: [2, 3, 1]}), last, layers.permute({dims: [3, 1, 2]})); // prettier-ignore
    last.setWeights(norm.getWeights());
    const [x] = inputsOf(model);
    const expected = moved.predict(x) as tf.Tensor;
    expect(relativeError([await traced(model, x)], [expected])).toBeLessThan(TOLERANCE);
  });
});

it('covers every class', () => {
  const tested = new Set(Object.keys(CASES).map(name => name.split(/[ ,]/)[0]));
  const elsewhere = ['Bidirectional', 'GRU', 'LSTM', 'RNN', 'Resizing', 'SimpleRNN'];
  // Classes that tf.layers has not, but Keras writes.
  const foreign = ['ActivityRegularization', 'SpatialDropout2D', 'Subtract'];
  const untested = [...LAYER_TYPES.keys()].filter(
    name => !tested.has(name) && !elsewhere.includes(name) && !foreign.includes(name),
  );
  expect(untested).toEqual([]);
});
