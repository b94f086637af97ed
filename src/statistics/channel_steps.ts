import {type GraphNode, registerOp} from '@tensorflow/tfjs-converter';
import {backend, engine, type KernelBackend, type Tensor, tensor} from '@tensorflow/tfjs-core';
import {attributesOf} from '../graph/attributes.js';
import type {Graph, Node} from '../graph/graph.js';
import {type Layer, layersOf} from '../graph/layer.js';
import type {ChannelStep, ChannelSums, FloatViewer} from '../ops.js';
import {floatsOf, hasControlFlow} from './run_graph.js';
import {statisticsLoops} from './statistics_loops.js';

const OP = 'DfqChannelSteps';

/**
 * Told of each tensor of a chain when it is computed.
 *
 * @returns what its moments are to be added to, if they are wanted; of a sum that has no bias yet, the shape alone counts
 */
export type Observe = (ref: string, shape: readonly number[]) => ChannelSums | undefined;

/** One step of a chain, with an operand of the graph or a number. */
interface Step {
  readonly op: ChannelStep['op'];
  /** Reference of an operand. */
  readonly operand?: string;
  readonly value?: number;
  /** The node whose value it computes. */
  readonly ref?: string;
}

interface Program {
  /** The layer, of whose sums the first step takes. */
  readonly layer: string;
  readonly steps: readonly Step[];
  readonly observe: Observe;
}

/** By the attribute of their nodes. */
const programs = new Map<number, Program>();
let lastProgram = 0;

/**
 * The graph with what follows its layers, bias, ReLU and cap, in one op each: their values pass through the processor's
 * cache once instead of through memory three times. They have the same bits.
 *
 * The tensors between them are not computed any more but shown to `observe`. A graph with control flow stays as it is.
 *
 * @returns the graph, the references that are shown, and what is to be called when it will not run again
 */
export function withChannelSteps(
  graph: Graph,
  observe: Observe = () => undefined,
): {graph: Graph; shown: ReadonlySet<string>; release: () => void} {
  const shown = new Set<string>();
  if (hasControlFlow(graph)) return {graph, shown, release: () => undefined};
  registerOp(OP, run);
  const stepped = graph.clone();
  const keys: number[] = [];
  for (const layer of layersOf(graph)) {
    const chain = chainBehind(graph, layer);
    if (chain.length === 0) continue;
    const key = ++lastProgram;
    keys.push(key);
    const steps = chain.flatMap(link => link.steps);
    programs.set(key, {layer: layer.node.name, steps, observe});
    for (const name of [layer.node.name, ...chain.map(link => link.node.name)]) shown.add(name);
    replaceChain(stepped, layer, chain, key);
  }
  const release = () => keys.forEach(key => programs.delete(key));
  return {graph: stepped, shown, release};
}

interface Link {
  readonly node: Node;
  readonly steps: readonly Step[];
}

/** BiasAdd, then Relu or Relu6, then Minimum with a constant: as many of them as there are. */
function chainBehind(graph: Graph, {node, bias, outChannels}: Layer): Link[] {
  const addend = bias && graph.floatInput(bias, 1);
  if (bias?.op !== 'BiasAdd' || bias.inputs[0] !== node.name) return [];
  if (addend?.values.length !== outChannels) return [];
  const links: Link[] = [
    {node: bias, steps: [{op: 'add', operand: bias.inputs[1], ref: bias.name}]},
  ];
  const relu = graph.soleUser(bias.name);
  if (relu?.op !== 'Relu' && relu?.op !== 'Relu6') return links;
  const {name} = relu;
  if (relu.op === 'Relu6') {
    const steps: Step[] = [
      {op: 'maximum', value: 0},
      {op: 'minimum', value: 6, ref: name},
    ];
    return [...links, {node: relu, steps}];
  }
  links.push({node: relu, steps: [{op: 'maximum', value: 0, ref: name}]});
  const cap = graph.soleUser(name);
  const caps = cap?.op === 'Minimum' && cap.inputs[0] === name && graph.floatInput(cap, 1);
  if (!cap || !caps || caps.shape.length > 1) return links;
  if (caps.values.length !== 1 && caps.values.length !== outChannels) return links;
  return [...links, {node: cap, steps: [{op: 'minimum', operand: cap.inputs[1], ref: cap.name}]}];
}

/** The op gets the name and the place of the last node, which others read. */
function replaceChain(graph: Graph, {node}: Layer, chain: readonly Link[], key: number): void {
  const operands = chain.flatMap(({steps}) => steps.flatMap(({operand}) => operand ?? []));
  const last = chain[chain.length - 1].node;
  for (const link of chain) if (link.node !== last) graph.remove(link.node.name);
  const attrs = attributesOf({program: key});
  graph.replace({...last, op: OP, inputs: [node.name, ...operands], attrs});
}

function run({inputs: [x, ...operands], attrs}: GraphNode): Tensor {
  const program = programs.get(Number(attrs['program']));
  if (program === undefined) throw new Error(`${OP}: the graph was released`);
  program.observe(program.layer, x.shape);
  let next = 0;
  const steps = program.steps.map(({op, operand, value = 0, ref}): ChannelStep => {
    const values = operand === undefined ? [value] : floatsOf(operands[next++]);
    const sums = ref === undefined ? undefined : program.observe(ref, x.shape);
    return {op, values: Float32Array.from(values), sums};
  });
  const channels = x.shape[x.shape.length - 1];
  return computed(x, y => statisticsLoops().applySteps(floatsOf(x), y, channels, steps));
}

/** A new tensor of the shape of x, whose values `write` writes in place where they can be had so. */
function computed(x: Tensor, write: (y: Float32Array) => void): Tensor {
  const viewer: KernelBackend & Partial<FloatViewer> = backend();
  if (viewer.floatOutput === undefined) {
    const y = new Float32Array(x.size);
    write(y);
    return tensor(y, x.shape);
  }
  const {info, values} = viewer.floatOutput(x.shape);
  write(values);
  return engine().makeTensorFromTensorInfo(info);
}
