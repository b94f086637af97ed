import {floatConstant} from './graph/constant.js';
import {type Graph, parseRef} from './graph/graph.js';
import {type Layer, layerOf} from './graph/layer.js';
import type {PipelineResult} from './passes/pipeline.js';
import {realWeights} from './passes/plan.js';
import {decibels} from './quant/decibels.js';
import {type Grid, gridOfBits} from './quant/grid.js';
import {dequantizeValue, type QuantParams, quantizeValue} from './quant/quant_params.js';
import {isInt8Op} from './report/ops.js';
import type {InputSource} from './statistics/model_inputs.js';
import {type ObservedTensor, runGraph} from './statistics/run_graph.js';

/** Something that 8 bits make inexact: the grid of a tensor, or the integers of a filter. */
export interface NoiseSource {
  /** Reference of the tensor, or name of the layer. */
  readonly name: string;
  readonly kind: 'activations' | 'weights';
  /** Of the tensor, or of the layer's result, when nothing else is rounded; in dB. */
  readonly sqnr: number;
  /** Nodes of the float graph that stay float where the source is to be gone. */
  readonly nodes: readonly string[];
}

export interface Lowered {
  readonly graph: Graph;
  readonly result: PipelineResult;
}

/**
 * What each rounding costs on its own, the noisiest first. All are measured in one run of the float graph,
 * with the rounded filters beside the exact ones.
 *
 * @param float the graph as it was quantized
 */
export async function noiseSources(
  float: Graph,
  lowered: Lowered,
  activationBits: number,
  inputs: readonly InputSource[],
): Promise<NoiseSource[]> {
  const {plan} = lowered.result;
  const sites = sitesOf(lowered);
  const graph = float.clone();
  const tensors = new Map(
    [...plan.activations.keys()]
      .map(ref => [ref, neighbours(float, ref, sites)] as const)
      .filter(([, nodes]) => nodes.length > 0),
  );
  const layers = new Map<string, Layer>();
  for (const name of plan.heads.keys()) {
    const layer = layerOf(graph, graph.node(name));
    if (layer !== undefined) layers.set(addRounded(graph, layer, lowered.result), layer);
  }
  const meter = new Meter(plan.activations, gridOfBits(activationBits), layers);
  const outputs = [...layers.values()].map(({output}) => output);
  const refs = new Set([...tensors.keys(), ...outputs, ...layers.keys()]);
  await runGraph(graph, inputs, tensor => meter.add(tensor), [...refs]);
  const ofTensors = [...tensors].map(([name, nodes]): NoiseSource => ({
    name,
    kind: 'activations',
    sqnr: meter.sqnr(name),
    nodes,
  }));
  const ofLayers = [...layers].map(([rounded, {node}]): NoiseSource => {
    return {name: node.name, kind: 'weights', sqnr: meter.sqnr(rounded), nodes: [node.name]};
  });
  return [...ofTensors, ...ofLayers].sort((a, b) => a.sqnr - b.sqnr);
}

const ROUNDED = '/rounded';

/** Adds the layer with its integer filter and corrected bias, beside the layer itself. */
function addRounded(graph: Graph, layer: Layer, {plan}: PipelineResult): string {
  const {name} = layer.node;
  const filter = plan.filters.get(name);
  if (filter === undefined) throw new Error(`'${name}' has no integer filter`);
  const rounded = `${name}${ROUNDED}`;
  const weights = graph.addConstant(`${rounded}/filter`, {
    ...layer.filter,
    encoding: undefined,
    values: realWeights(layer, filter),
  });
  const inputs = layer.node.inputs.map((ref, i) => (i === 1 ? weights : ref));
  const bias = plan.biases.get(name) ?? (layer.bias && graph.floatInput(layer.bias, 1)?.values);
  if (bias === undefined) {
    graph.add({...layer.node, name: rounded, inputs});
    return rounded;
  }
  graph.add({...layer.node, name: `${rounded}/sum`, inputs});
  const shift = graph.addConstant(`${rounded}/bias`, floatConstant(bias));
  graph.add({name: rounded, op: 'BiasAdd', inputs: [`${rounded}/sum`, shift], attrs: {}});
  return rounded;
}

/** Int8 sites by the float node whose place they take, with the tensors that they read and make. */
interface Sites {
  /** The node that became int8, by the float node whose value it makes on a grid. */
  readonly making: ReadonlyMap<string, string>;
  /** Sites that keep their operands' grid. */
  readonly keepers: ReadonlySet<string>;
  /** Names of the nodes that became int8. */
  readonly names: ReadonlySet<string>;
}

function sitesOf({graph, result: {records, plan}}: Lowered): Sites {
  const lowered = records.find(({pass}) => pass === 'lower-to-int8')?.rewrites ?? [];
  const names = lowered.filter(({done}) => done).map(({node}) => node);
  const making = new Map(
    names
      .map((name): [string, string] => [plan.heads.get(name) ?? name, name])
      .filter(([made]) => graph.has(`${made}/int8`)),
  );
  const keepers = names.filter(name => {
    const int8 = `${plan.heads.get(name) ?? name}/int8`;
    if (!graph.has(int8)) return false;
    const {op} = graph.node(int8);
    return !isInt8Op(op) || /^Int8(MaxPool|Resize\w+)$/.test(op);
  });
  return {making, keepers: new Set(keepers), names: new Set(names)};
}

/**
 * The sites that have to be float for the tensor to be: the one that makes it, and all that read it. What
 * only moves values passes the question on.
 */
function neighbours(float: Graph, ref: string, sites: Sites): string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const pending = [parseRef(ref).node];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const maker = sites.making.get(name);
    if (maker !== undefined) {
      found.add(maker);
      if (sites.keepers.has(maker)) pending.push(...operandsOf(float, maker));
    }
    for (const user of float.users(name)) {
      if (!sites.names.has(user.name)) continue;
      found.add(user.name);
      if (sites.keepers.has(user.name)) pending.push(user.name);
    }
  }
  return [...found];
}

function operandsOf(float: Graph, name: string): string[] {
  return float
    .node(name)
    .inputs.map(input => parseRef(input).node)
    .filter(operand => float.node(operand).op !== 'Const');
}

/** Signal and noise, by tensor reference. */
class Meter {
  private readonly tallies = new Map<string, {signal: number; noise: number}>();
  /** The layers' exact results on the present input; they come before the rounded ones. */
  private readonly exact = new Map<string, ArrayLike<number>>();

  constructor(
    private readonly grids: ReadonlyMap<string, QuantParams>,
    private readonly grid: Grid,
    /** By reference of the rounded result. */
    private readonly layers: ReadonlyMap<string, Layer>,
  ) {}

  add({ref, dtype, values}: ObservedTensor): void {
    if (dtype !== 'float32') return;
    const real = values();
    const layer = this.layers.get(ref);
    const params = this.grids.get(ref);
    if (layer !== undefined) {
      this.tally(ref, this.exact.get(layer.output) ?? [], i => real[i]);
      return;
    }
    this.exact.set(ref, Float32Array.from(real));
    if (params === undefined) return;
    this.tally(ref, real, i => dequantizeValue(quantizeValue(real[i], params, this.grid), params));
  }

  sqnr(ref: string): number {
    const {signal, noise} = this.tallies.get(ref) ?? {signal: 0, noise: 0};
    return decibels(signal, noise);
  }

  private tally(ref: string, exact: ArrayLike<number>, rounded: (i: number) => number): void {
    const tally = this.tallies.get(ref) ?? {signal: 0, noise: 0};
    for (let i = 0; i < exact.length; i++) {
      tally.signal += exact[i] * exact[i];
      tally.noise += (rounded(i) - exact[i]) ** 2;
    }
    this.tallies.set(ref, tally);
  }
}
