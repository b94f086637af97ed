/** Small graphs, written as text, and what tests of src do with them. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '../../backend/index.js';
import {exportModel} from '../../src/graph/export_model.js';
import type {Graph} from '../../src/graph/graph.js';
import {parse} from '../../src/graph/parse.js';
import type {PassContext, PassOptions, Rewrite} from '../../src/passes/pass.js';
import {QuantizationPlan} from '../../src/passes/plan.js';
import {Random} from '../backend/oracle/random.js';

const RANDOM_CONSTANT = /~([\dx]+)(?:\(([-.\d]+),([-.\d]+)\))?/g;

/** '~3x3x2x4' becomes a float32 constant of that shape, uniform on [−1, 1], '~4(0.5,2)' on [0.5, 2]. */
export function withRandomConstants(text: string, seed = 1): string {
  const random = new Random(seed);
  return text.replace(RANDOM_CONSTANT, (_, shape: string, lo = '-1', hi = '1') => {
    const count = shape.split('x').reduce((product, size) => product * Number(size), 1);
    const value = () => Number(lo) + (Number(hi) - Number(lo)) * random.next();
    return `f32<${shape}: ${Array.from({length: count}, () => value().toFixed(6)).join(' ')}>`;
  });
}

export type InputShapes = Readonly<Record<string, readonly number[]>>;

/** The graph of a text (see parse), its placeholders declared as float32 of the shapes given. */
export function graphOf(text: string, shapes: InputShapes = {}, seed = 1): Graph {
  const graph = parse(withRandomConstants(text, seed));
  for (const [name, shape] of Object.entries(shapes)) declare(graph, name, shape);
  return graph;
}

export function declare(
  graph: Graph,
  name: string,
  shape: readonly number[],
  type = 'DT_FLOAT',
): void {
  const dim = shape.map(size => ({size: String(size)}));
  graph.replace({...graph.node(name), attrs: {shape: {shape: {dim}}, dtype: {type}}});
}

/** Uniform on [lo, hi]. */
export function randomTensor(shape: number[], seed = 7, lo = -2, hi = 2): tf.Tensor {
  const random = new Random(seed);
  const count = shape.reduce((a, b) => a * b, 1);
  const values = Float32Array.from({length: count}, () => lo + (hi - lo) * random.next());
  return tf.tensor(values, shape);
}

/** Inputs for one sample, open sizes 8. */
export function inputsFor(shapes: InputShapes, batch = 2): tf.NamedTensorMap {
  const made = Object.entries(shapes).map(([name, shape], i) => {
    const sizes = shape.map((size, axis) => (size > 0 ? size : axis === 0 ? batch : 8));
    return [name, randomTensor(sizes, 7 + i)];
  });
  return Object.fromEntries(made) as tf.NamedTensorMap;
}

export type Values = Float32Array | Int32Array | Uint8Array;

/** What the graph returns for the same random inputs each time; on the cpu backend. */
export async function evaluate(graph: Graph, shapes: InputShapes): Promise<Values[]> {
  await tf.setBackend('cpu');
  const model = await exportModel(graph);
  const inputs = inputsFor(shapes);
  const outputs = [model.execute(inputs, [...graph.outputs])].flat();
  const values = outputs.map(output => output.dataSync());
  tf.dispose([inputs, outputs]);
  model.dispose();
  return values;
}

/** |a − b| ≤ relative · the largest |b|, element by element; reports the worst. */
export function expectClose(
  actual: readonly ArrayLike<number>[],
  expected: readonly ArrayLike<number>[],
  relative: number,
): void {
  expect(actual.map(({length}) => length)).toEqual(expected.map(({length}) => length));
  expected.forEach((values, i) => {
    let [worst, largest] = [0, 0];
    for (let j = 0; j < values.length; j++) {
      const error = Math.abs(actual[i][j] - values[j]);
      if (!(error <= worst)) worst = error;
      largest = Math.max(largest, Math.abs(values[j]));
    }
    expect(worst).toBeLessThanOrEqual(relative * largest);
  });
}

export const OPTIONS: PassOptions = {
  weightBits: 8,
  activationBits: 8,
  perChannel: false,
  symmetricWeights: false,
  symmetricActivations: false,
  scales: 'float',
  skip: [],
  statistics: 'auto',
  biasCorrection: 'auto',
  activationRange: 'auto',
  percentile: 99.99,
  probe: {},
  equalize: 'weights-and-activations',
  weightRange: 'min-max',
  rounding: 'auto',
  relu6: 'per-channel-cap',
};

export interface TestContext extends PassContext {
  readonly rewrites: Rewrite[];
}

export function contextOf(options: Partial<PassOptions> = {}): TestContext {
  const rewrites: Rewrite[] = [];
  return {
    options: {...OPTIONS, ...options},
    plan: new QuantizationPlan(),
    rewrites,
    did: (node, text) => rewrites.push({node, done: true, text}),
    left: (node, text) => rewrites.push({node, done: false, text}),
    progress: () => Promise.resolve(),
  };
}

/** 'name = Op(inputs)' of every node but constants, sorted by name: the structure alone. */
export function structureOf(graph: Graph): string[] {
  return graph.nodes
    .filter(({op}) => op !== 'Const')
    .map(({name, op, inputs}) => {
      const data = inputs.filter(ref => !graph.constants.has(ref));
      return `${name} = ${op}(${data.join(', ')})`;
    })
    .sort();
}

/** 10 · log₁₀ of signal power over error power, in dB. */
export function sqnr(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [signal, noise] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    signal += expected[i] ** 2;
    noise += (actual[i] - expected[i]) ** 2;
  }
  return 10 * Math.log10(signal / noise);
}

/** The error that the promise is rejected with. */
export async function errorOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('the promise was resolved');
}

/** Runs `work` and expects as many tensors and buffers afterwards as before. */
export async function leakFree<T>(work: () => Promise<T>): Promise<T> {
  const before = tf.memory();
  const result = await work();
  const after = tf.memory();
  expect([after.numTensors, after.numDataBuffers]).toEqual([
    before.numTensors,
    before.numDataBuffers,
  ]);
  return result;
}
