import '@tensorflow/tfjs-backend-cpu';
import {setThreadsCount} from '@tensorflow/tfjs-backend-wasm';
import {type GraphModel, loadGraphModel} from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import {setThreads} from '../../backend/index.js';
import {type BenchModel, inputValues, type Peer, type Running} from './peer.js';

/** The int8 model on our backend. */
export const OURS: Peer = {
  name: 'tfjs-dfq int8',
  threads: asked => asked,
  async start(model, threads) {
    await setThreads(threads);
    return start(model, 'int8', 'int8');
  },
};

/**
 * The float model on tfjs-backend-wasm. In Node it has one thread, whatever is asked for; it takes the count before it
 * starts.
 */
export const WASM: Peer = {
  name: 'tfjs-backend-wasm float',
  threads: asked => (typeof document === 'undefined' ? 1 : asked),
  start(model, threads) {
    if (tf.findBackend('wasm') === null) setThreadsCount(threads);
    return start(model, 'wasm', 'float');
  },
};

/** The float model on plain JavaScript: up to half a minute a run. */
export const CPU: Peer = {
  name: 'tfjs-backend-cpu float',
  threads: () => 1,
  start: model => start(model, 'cpu', 'float'),
};

async function start(model: BenchModel, backend: string, folder: string): Promise<Running> {
  if (!(await tf.setBackend(backend))) throw new Error(`backend ${backend} does not start`);
  const graph = await loadGraphModel(handlerOf(model, folder));
  const input = tf.tensor(inputValues(model.inputShape), [...model.inputShape]);
  return {
    enter: () => tf.setBackend(backend),
    run: () => predict(graph, input),
    end: () => {
      input.dispose();
      graph.dispose();
    },
  };
}

async function predict(graph: GraphModel, input: tf.Tensor): Promise<void> {
  const outputs = [graph.predict(input) as tf.Tensor | tf.Tensor[]].flat();
  for (const output of outputs) await output.data();
  tf.dispose(outputs);
}

/** model.json and one file of weights, from wherever the model's files are. */
function handlerOf({read}: BenchModel, folder: string): tf.io.IOHandler {
  return {
    async load() {
      const text = new TextDecoder().decode(await read(`${folder}/model.json`));
      const {weightsManifest, ...json} = JSON.parse(text) as tf.io.ModelJSON;
      const paths = weightsManifest.flatMap(group => group.paths);
      const shards = await Promise.all(paths.map(path => read(`${folder}/${path}`)));
      return {
        ...json,
        weightSpecs: weightsManifest.flatMap(({weights}) => weights),
        weightData: shards.map(({buffer}) => buffer),
      };
    },
  };
}
