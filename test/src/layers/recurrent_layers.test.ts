import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {toGraphModel} from '../../../src/index.js';
import {chain, tracingError} from './agreement.js';

const {layers} = tfl;
type Make = () => tfl.LayersModel;

const TOLERANCE = 1e-5;
const sequence = [6, 5];
/** Their default, orthogonal, needs chained ops, which this package does not import. */
const recurrentInitializer = 'glorotNormal';
const size = {units: 4, recurrentInitializer} as const;
const small = {units: 3, recurrentInitializer} as const;

/** An encoder whose states a decoder begins with. */
function encoderDecoder(): tfl.LayersModel {
  const inputs = [0, 1].map(i => tfl.input({shape: sequence, name: `x${i}`}));
  const [, h, c] = layers
    .lstm({...size, returnState: true})
    .apply(inputs[0]) as tfl.SymbolicTensor[];
  const decoder = layers.lstm({...size, returnSequences: true});
  const outputs = decoder.apply([inputs[1], h, c]) as tfl.SymbolicTensor;
  return tfl.model({inputs, outputs});
}

/** All outputs of a layer that returns its states. */
function withStates(layer: tfl.layers.Layer): tfl.LayersModel {
  const inputs = tfl.input({shape: sequence, name: 'x'});
  return tfl.model({inputs, outputs: layer.apply(inputs) as tfl.SymbolicTensor[]});
}

const cells = {
  gru: () => layers.gruCell({...size, recurrentActivation: 'sigmoid'}),
  lstm: () => layers.lstmCell(small),
  simple: () => layers.simpleRNNCell({...size, activation: 'relu'}),
};

const CASES: Record<string, Make> = {
  SimpleRNN: () => chain(sequence, layers.simpleRNN(size)),
  'SimpleRNN without bias, all outputs': () =>
    chain(sequence, layers.simpleRNN({...size, useBias: false, returnSequences: true})),
  LSTM: () => chain(sequence, layers.lstm(size)),
  'LSTM backwards, all outputs': () =>
    chain(sequence, layers.lstm({...size, goBackwards: true, returnSequences: true})),
  'LSTM with other activations': () =>
    chain(sequence, layers.lstm({...size, activation: 'softsign', recurrentActivation: 'sigmoid'})),
  'LSTM of one step': () => chain([1, 5], layers.lstm(size)),
  'LSTM with its states': () => withStates(layers.lstm({...size, returnState: true})),
  'LSTM on initial states': encoderDecoder,
  GRU: () => chain(sequence, layers.gru({...size, recurrentActivation: 'hardSigmoid'})),
  'GRU, all outputs': () =>
    chain(sequence, layers.gru({...size, returnSequences: true, recurrentActivation: 'sigmoid'})),
  'layers on layers': () =>
    chain(
      sequence,
      layers.lstm({...size, returnSequences: true}),
      layers.dropout({rate: 0.5}),
      layers.gru({...small, recurrentActivation: 'sigmoid'}),
      layers.dense({units: 2, activation: 'softmax'}),
    ),
  'RNN of a cell': () => chain(sequence, layers.rnn({cell: cells.gru(), returnSequences: true})),
  'RNN of stacked cells': () =>
    chain(sequence, layers.rnn({cell: [cells.lstm(), cells.simple()], goBackwards: true})),
  'RNN of stacked cells, with their states': () =>
    withStates(layers.rnn({cell: [cells.lstm(), cells.gru()], returnState: true})),
  ...Object.fromEntries(
    (['concat', 'sum', 'ave', 'mul'] as const).flatMap(mergeMode =>
      [true, false].map(returnSequences => [
        `Bidirectional, ${mergeMode}, ${returnSequences ? 'all outputs' : 'the last'}`,
        () => {
          const layer = layers.lstm({...size, returnSequences});
          return chain(sequence, layers.bidirectional({layer, mergeMode}));
        },
      ]),
    ),
  ),
};

describe('a traced recurrent layer computes what tf.layers computes', () => {
  beforeAll(async () => {
    await tf.setBackend('int8');
    await tf.setBackend('cpu');
  });

  it.each(Object.entries(CASES))('%s', async (_, make) => {
    expect(await tracingError(make())).toBeLessThan(TOLERANCE);
  });

  it('all steps read one weight', async () => {
    const model = await toGraphModel(chain([20, 5], layers.lstm({units: 8, recurrentInitializer})));
    const recurrent = Object.values(model.weights).filter(([{size}]) => size === 8 * 32);
    expect(recurrent.length).toBe(1);
    model.dispose();
  });
});

describe('tracing refuses', () => {
  const refusal = async (model: tfl.LayersModel) =>
    toGraphModel(model).then(
      () => 'nothing',
      (error: Error) => error.message,
    );

  it('an open number of steps', async () => {
    const model = chain([null, 5], layers.lstm({...size, name: 'memory'}));
    expect(await refusal(model)).toBe(
      "layer 'memory' (LSTM) has an open number of steps; give the model an inputShape with a fixed one",
    );
  });

  it('states that stay from call to call', async () => {
    const input = tfl.input({batchShape: [2, 6, 5]});
    const layer = layers.gru({...size, name: 'memory', stateful: true});
    const model = tfl.model({inputs: input, outputs: layer.apply(input) as tfl.SymbolicTensor});
    expect(await refusal(model)).toBe(
      "layer 'memory' (GRU) is stateful; build it with returnState, and feed and return its states",
    );
  });

  it('masks that steps would have to respect', async () => {
    const model = chain(sequence, layers.masking(), layers.lstm({...size, name: 'memory'}));
    expect(await refusal(model)).toBe(
      "layer 'memory' (LSTM) is given a mask, which int8 steps cannot leave out; leave Masking and maskZero out",
    );
  });
});
