import type {GraphModel} from '@tensorflow/tfjs-converter';
import {dispose, type NamedTensorMap, type Tensor} from '@tensorflow/tfjs-core';
import {exportModel} from '../graph/export_model.js';
import {Graph, parseRef} from '../graph/graph.js';
import {topologicalOrder} from '../graph/topological_order.js';
import type {InputSource} from './model_inputs.js';
import {floatsOf, hasControlFlow, onRunner} from './run_graph.js';

/** What may be seen and changed between two stages. */
export interface StageState {
  /** The value of a float32 tensor for each input; valid until something else is computed. */
  values(ref: string): Float32Array[];
  /** Puts another tensor in the place of each value; `change` must not dispose its argument. */
  replace(ref: string, change: (value: Tensor) => Tensor): void;
  /** Gives a constant another value for all later stages. The run disposes it. */
  setConstant(name: string, value: Tensor): void;
}

/** Called at each stop, when output 0 of the node is known and nothing behind it. */
export type StageVisitor = (node: string, state: StageState) => void;

/** One step of a run: everything up to a node has been computed. */
interface Stage {
  readonly node: string;
  /** References of the tensors that later stages, or the visitor, read. */
  readonly live: readonly string[];
}

/** Can the graph be cut into stages? Loops and branches can't. */
export function hasStages(graph: Graph): boolean {
  return !hasControlFlow(graph);
}

/**
 * Runs a graph on several inputs, all of them up to the first of the nodes, then all up to the second,
 * and so on: each node is computed once, and what is found at one layer can change the next ones.
 *
 * All values that later stages read are held for all inputs.
 *
 * @param nodes where to stop, in topological order
 * @param onStage is awaited behind each stop, on the caller's backend
 */
export async function runInStages(
  graph: Graph,
  inputs: readonly InputSource[],
  nodes: readonly string[],
  visit: StageVisitor,
  onStage: () => void | Promise<void> = () => undefined,
): Promise<void> {
  // Without its signature, whose keys would shadow names of nodes.
  const bare = new Graph(graph.nodes, graph.constants, graph, graph.topologyFields);
  const model = await onRunner(() => exportModel(bare));
  const samples: Array<Map<string, Tensor>> = [];
  const constants = new Map<string, Tensor>();
  try {
    await onRunner(async () => {
      for (const make of inputs) samples.push(new Map(Object.entries(make())));
    });
    for (const {node, live} of stagesOf(graph, nodes)) {
      await onRunner(async () => {
        for (const sample of samples) advance(model, sample, constants, live);
        visit(node, stateOf(samples, constants));
      });
      await onStage();
    }
  } finally {
    for (const sample of samples) dispose([...sample.values()]);
    dispose([...constants.values()]);
    model.dispose();
  }
}

function stagesOf(graph: Graph, nodes: readonly string[]): Stage[] {
  const order = topologicalOrder(graph);
  const place = new Map(order.map(({name}, i) => [name, i]));
  const placeOf = (name: string) => place.get(name) ?? 0;
  const lastRead = new Map<string, number>();
  for (const {name, inputs} of order) {
    for (const ref of inputs) lastRead.set(ref, placeOf(name));
  }
  for (const name of graph.outputs) lastRead.set(name, order.length);
  const sorted = [...nodes].sort((a, b) => placeOf(a) - placeOf(b));
  return sorted.map(node => {
    const at = placeOf(node);
    const crossing = [...lastRead]
      .filter(([ref, last]) => placeOf(parseRef(ref).node) <= at && last > at)
      .flatMap(([ref]) => keepable(graph, ref));
    return {node, live: [...new Set([...crossing, node])]};
  });
}

/**
 * The tensors to hold for one that later stages read. tfjs can be fed only one output of a node: in
 * place of those of several the node's operands are held.
 */
function keepable(graph: Graph, ref: string): string[] {
  const {node, control} = parseRef(ref);
  const {op, inputs} = graph.node(node);
  if (control || op === 'Const') return [];
  const readings = graph.users(node).flatMap(user => user.inputs.map(parseRef));
  const isSingle = !readings.some(reading => reading.node === node && reading.index > 0);
  return isSingle ? [node] : inputs.flatMap(input => keepable(graph, input));
}

/** Computes what is not known yet of the live tensors, and lets go of all others. */
function advance(
  model: GraphModel,
  sample: Map<string, Tensor>,
  constants: ReadonlyMap<string, Tensor>,
  live: readonly string[],
): void {
  const missing = live.filter(ref => !sample.has(ref));
  if (missing.length > 0) {
    const feeds: NamedTensorMap = Object.fromEntries<Tensor>([...sample, ...constants]);
    const made = [model.execute(feeds, missing)].flat();
    missing.forEach((ref, i) => sample.set(ref, made[i]));
  }
  for (const [ref, tensor] of sample) {
    if (live.includes(ref)) continue;
    tensor.dispose();
    sample.delete(ref);
  }
}

function stateOf(samples: Array<Map<string, Tensor>>, constants: Map<string, Tensor>): StageState {
  const held = (sample: Map<string, Tensor>, ref: string) => {
    const tensor = sample.get(ref);
    if (tensor === undefined) throw new Error(`'${ref}' is not held at this stage`);
    return tensor;
  };
  return {
    values: ref => samples.map(sample => floatsOf(held(sample, ref))),
    replace(ref, change) {
      for (const sample of samples) {
        const before = held(sample, ref);
        sample.set(ref, change(before));
        before.dispose();
      }
    },
    setConstant(name, value) {
      constants.get(name)?.dispose();
      constants.set(name, value);
    },
  };
}
