import * as tf from '@tensorflow/tfjs-core';
import {exportModel} from '../../src/graph/export_model.js';
import {type Graph, type Node, parseRef} from '../../src/graph/graph.js';
import type {QuantParams} from '../../src/quant/quant_params.js';

/** A tensor of an int8 graph and of its simulation, both computed from the int8 graph's operands. */
export interface TensorComparison {
  readonly name: string;
  /** Largest difference, in steps of its grid. */
  readonly steps: number;
  /** Share of elements that are not the same. */
  readonly unequal: number;
}

/**
 * Runs an int8 graph, and of its simulation each fake quantization by itself: on the values that the
 * int8 graph has at the fake quantizations before it, so that no difference reaches the next tensor.
 *
 * @param params the grid of each tensor of the float graph
 */
export async function lockstep(
  int8: Graph,
  simulated: Graph,
  params: ReadonlyMap<string, QuantParams>,
  inputs: tf.NamedTensorMap,
): Promise<TensorComparison[]> {
  const [integers, floats] = [await exportModel(int8), await exportModel(simulated)];
  const rounded = new Map(roundedTensors(int8, simulated).map(t => [t.rounded, t]));
  const values: tf.NamedTensorMap = {...inputs};
  const comparisons: TensorComparison[] = [];
  try {
    for (const {tensor, integer, rounded: name} of rounded.values()) {
      const {scale, zeroPoint} = params.get(tensor) as QuantParams;
      values[name] = tf.tidy(() =>
        tf.mul(tf.sub(tf.cast(run(integers, inputs, integer), 'float32'), zeroPoint), scale),
      );
    }
    for (const {tensor, rounded: name} of rounded.values()) {
      const feeds = operandsOf(simulated, name, ref => ref in values);
      const fed = Object.fromEntries(feeds.map(ref => [ref, values[ref]]));
      const actual = run(floats, fed, name);
      const scale = (params.get(tensor) as QuantParams).scale;
      comparisons.push({name: tensor, ...difference(actual.dataSync(), values[name], scale)});
      actual.dispose();
    }
    return comparisons;
  } finally {
    for (const name of rounded.keys()) tf.dispose(values[name]);
    integers.dispose();
    floats.dispose();
  }
}

interface RoundedTensor {
  /** In the float graph. */
  readonly tensor: string;
  /** The node of the int8 graph that makes it. */
  readonly integer: string;
  /** The node of the simulation that has it rounded. */
  readonly rounded: string;
}

function roundedTensors(int8: Graph, simulated: Graph): RoundedTensor[] {
  const suffix = '/fake_quantize/floor';
  return simulated.nodes
    .filter(({name}) => name.endsWith(suffix))
    .flatMap(({name}) => {
      const tensor = name.slice(0, -suffix.length);
      const integer = [`${tensor}/int8`, `${tensor}/quantize`].find(n => int8.has(n));
      if (integer === undefined) return []; // the sum before a table: in int8 the table's op has it
      const own = `${tensor}/fake_quantize`;
      return [{tensor, integer, rounded: simulated.has(own) ? own : tensor}];
    });
}

/** The tensors from which `name` is computed: the nearest that are known. */
function operandsOf(graph: Graph, name: string, isKnown: (ref: string) => boolean): string[] {
  const found = new Set<string>();
  const pending: Node[] = [graph.node(name)];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    for (const ref of node.inputs) {
      if (isKnown(ref)) found.add(ref);
      else pending.push(graph.node(parseRef(ref).node));
    }
  }
  return [...found];
}

function run(
  model: Awaited<ReturnType<typeof exportModel>>,
  inputs: tf.NamedTensorMap,
  name: string,
): tf.Tensor {
  return model.execute(inputs, name) as tf.Tensor;
}

function difference(actual: ArrayLike<number>, expected: tf.Tensor, scale: number) {
  const want = expected.dataSync();
  let [steps, unequal] = [0, 0];
  for (let i = 0; i < want.length; i++) {
    const off = Math.abs(Math.round((actual[i] - want[i]) / scale));
    if (!(off <= steps)) steps = off;
    if (off !== 0) unequal++;
  }
  return {steps, unequal: unequal / want.length};
}
