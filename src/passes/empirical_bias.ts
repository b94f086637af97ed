import {tensor1d} from '@tensorflow/tfjs-core';
import {type Graph, parseRef} from '../graph/graph.js';
import {biasValues, type Layer, layerOf, setFilter} from '../graph/layer.js';
import type {InputSource} from '../statistics/model_inputs.js';
import {withChannelSteps} from '../statistics/channel_steps.js';
import {runInStages, type StageVisitor} from '../statistics/staged_run.js';
import {livePlaces, type PlaceMeans} from './live_places.js';
import {type QuantizedFilter, realWeights} from './plan.js';

/**
 * Biases under which each output channel has the mean that it has in the float graph (Nagel 2019
 * appendix D). Both run on the same inputs, layer by layer, the quantized one with what was corrected so
 * far: so a layer also makes up for what the rounding of those before it does to its own mean.
 *
 *   b ← b + E[W x] − E[Ŵ x̂]
 *
 * Where a ReLU follows, the means are over the places at which it lets the float value through (see
 * livePlaces).
 *
 * @param graph the float graph; no control flow; each layer has a bias
 * @param filters the integers that ship, by layer node
 * @param known biases that are corrected already, by layer node; they stay
 * @param progress is told of each layer, in either network
 * @returns by layer node
 */
export async function empiricalBiases(
  graph: Graph,
  filters: ReadonlyMap<string, QuantizedFilter>,
  inputs: readonly InputSource[],
  {
    known = new Map(),
    progress = () => Promise.resolve(),
  }: {
    readonly known?: ReadonlyMap<string, Float32Array>;
    readonly progress?: (done: number, total: number) => Promise<void>;
  } = {},
): Promise<Map<string, Float32Array>> {
  const names = [...filters.keys()];
  const expected = new Map<string, {live: PlaceMeans; means: Float64Array}>();
  let stages = 0;
  const onStage = () => progress(++stages, 2 * names.length);
  const measure: StageVisitor = (name, {values}) => {
    if (known.has(name)) return;
    const live = livePlaces(graph, layerAt(graph, name), values(name));
    expected.set(name, {live, means: live.of(values(name))});
  };
  await runStepped(graph, inputs, names, measure, onStage);
  const biases = new Map<string, Float32Array>();
  const rounded = withRoundedFilters(graph, filters);
  const correct: StageVisitor = (name, {values, setConstant}) => {
    const layer = layerAt(rounded, name);
    const bias = known.get(name) ?? biasValues(rounded, layer);
    const wanted = expected.get(name);
    const means = wanted?.live.of(values(name));
    if (wanted !== undefined && means !== undefined)
      bias.forEach((b, c) => (bias[c] = b + wanted.means[c] - means[c]));
    biases.set(name, bias);
    if (layer.bias !== undefined) setConstant(parseRef(layer.bias.inputs[1]).node, tensor1d(bias));
  };
  await runStepped(rounded, inputs, names, correct, onStage);
  return biases;
}

/** As {@link runInStages}, with what follows each layer in one op. */
async function runStepped(
  graph: Graph,
  ...rest: Parameters<typeof runInStages> extends [Graph, ...infer Rest] ? Rest : never
): Promise<void> {
  const stepped = withChannelSteps(graph);
  try {
    await runInStages(stepped.graph, ...rest);
  } finally {
    stepped.release();
  }
}

/** The graph with the values that the integers stand for: what rounding the weights does, alone. */
export function withRoundedFilters(
  graph: Graph,
  filters: ReadonlyMap<string, QuantizedFilter>,
): Graph {
  const rounded = graph.clone();
  for (const [name, filter] of filters) {
    const layer = layerAt(rounded, name);
    setFilter(rounded, layer, realWeights(layer, filter));
  }
  return rounded;
}

function layerAt(graph: Graph, name: string): Layer {
  const layer = layerOf(graph, graph.node(name));
  if (layer === undefined) throw new Error(`'${name}' is no layer`);
  return layer;
}
