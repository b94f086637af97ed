import type {GraphModel} from '@tensorflow/tfjs-converter';
import {
  backend,
  type DataType,
  dispose,
  findBackendFactory,
  getBackend,
  type KernelBackend,
  type NamedTensorMap,
  setBackend,
  type Tensor,
} from '@tensorflow/tfjs-core';
import {DfqError} from '../graph/dfq_error.js';
import {exportModel} from '../graph/export_model.js';
import {type Graph, type Node, parseRef} from '../graph/graph.js';
import {topologicalOrder} from '../graph/topological_order.js';
import type {FloatViewer} from '../ops.js';

/**
 * Where float graphs are run: always the same kernels, whatever backend the app has chosen, so that
 * the same model gives the same bytes. The int8 backend runs float ops on WebAssembly, and on plain
 * JavaScript where that has no kernel.
 */
const RUNNER = 'int8';

export interface ObservedTensor {
  readonly ref: string;
  readonly shape: readonly number[];
  readonly dtype: DataType;
  /** Of numbers; valid during the visit only. */
  readonly values: () => ArrayLike<number>;
}

/**
 * Runs a float graph on each of the inputs and shows every tensor that it computes.
 *
 * The inputs are made on the runner and disposed. The current backend is changed while the graph runs; code
 * that yields the inputs finds the caller's.
 *
 * @param refs the tensors to show, where not all of them
 */
export async function runGraph(
  graph: Graph,
  inputs: Iterable<() => NamedTensorMap> | AsyncIterable<() => NamedTensorMap>,
  visit: (tensor: ObservedTensor) => void,
  refs: readonly string[] = observableRefs(graph),
): Promise<void> {
  const model = await onRunner(() => exportModel(graph));
  try {
    for await (const make of inputs) {
      await onRunner(() => runOnce(model, make(), refs, hasControlFlow(graph), visit));
    }
  } finally {
    model.dispose();
  }
}

/** The values of a float32 tensor, not copied where the backend shows them; valid until something is computed. */
export function floatsOf(tensor: Tensor): Float32Array {
  const viewer: KernelBackend & Partial<FloatViewer> = backend();
  return viewer.floats?.(tensor) ?? tensor.dataSync<'float32'>();
}

/** Runs `work` on the backend for float graphs, and restores the current one. */
export async function onRunner<T>(work: () => Promise<T>): Promise<T> {
  const previous = getBackend();
  // Setting the one that is set takes milliseconds: tfjs sets up all its kernels again.
  if (previous !== RUNNER && findBackendFactory(RUNNER) != null) await setBackend(RUNNER);
  try {
    return await work();
  } finally {
    // Until something is computed, tfjs has no current backend.
    if (previous && getBackend() !== previous) await setBackend(previous);
  }
}

async function runOnce(
  model: GraphModel,
  inputs: NamedTensorMap,
  refs: readonly string[],
  async: boolean,
  visit: (tensor: ObservedTensor) => void,
): Promise<void> {
  let tensors: Tensor[] = [];
  try {
    const outputs = await execute(model, inputs, [...refs], async);
    tensors = Array.isArray(outputs) ? outputs : [outputs];
    tensors.forEach((tensor, i) => {
      const {shape, dtype} = tensor;
      visit({
        ref: refs[i],
        shape,
        dtype,
        values: () => (dtype === 'float32' ? floatsOf(tensor) : tensor.dataSync()),
      });
    });
  } finally {
    dispose(tensors);
    dispose(inputs);
  }
}

/** @throws DfqError with what TensorFlow.js says, and the inputs' shapes */
async function execute(model: GraphModel, inputs: NamedTensorMap, refs: string[], async: boolean) {
  try {
    return async ? await model.executeAsync(inputs, refs) : model.execute(inputs, refs);
  } catch (error) {
    const fed = Object.entries(inputs).map(([name, {shape}]) => `'${name}' [${shape.join(', ')}]`);
    const text = error instanceof Error ? error.message : String(error);
    throw new DfqError(
      `the float model does not run on ${fed.join(', ')}: ${text} (option examples sets other inputs)`,
    );
  }
}

/** Ops whose presence makes tfjs insist on executeAsync. */
const ASYNC_OPS =
  /^(Switch|Merge|Enter|Exit|NextIteration|LoopCond|(Stateless)?(While|If)|TensorArray\w*|NonMaxSuppressionV\d|Where)$/;

/** Does tfjs insist on executeAsync? */
export function hasControlFlow({
  nodes,
}: {
  readonly nodes: ReadonlyArray<Pick<Node, 'op'>>;
}): boolean {
  return nodes.some(({op}) => ASYNC_OPS.test(op));
}

/** The tensors that are computed exactly once in every run: those outside of loops and branches. */
export function observableRefs(graph: Graph): string[] {
  const nested = nestedNodes(graph);
  const refs = new Set<string>();
  const data = graph.nodes.flatMap(({inputs}) => inputs.filter(ref => !ref.startsWith('^')));
  for (const ref of [...data, ...graph.outputs]) {
    const {node} = parseRef(ref);
    if (!nested.has(node) && isObservable(graph.node(node))) refs.add(ref);
  }
  return [...refs];
}

function isObservable({op}: Node): boolean {
  return (
    op !== 'Const' && op !== 'NoOp' && !op.startsWith('TensorList') && !op.startsWith('TensorArray')
  );
}

/** Nodes between Enter and Exit, and between Switch and Merge. */
function nestedNodes(graph: Graph): Set<string> {
  const depths = new Map<string, number>();
  for (const node of topologicalOrder(graph)) {
    const inputs = node.inputs.map(ref => depths.get(parseRef(ref).node) ?? 0);
    depths.set(node.name, Math.max(0, ...inputs) + depthChange(graph, node));
  }
  return new Set([...depths].filter(([, depth]) => depth > 0).map(([name]) => name));
}

function depthChange(graph: Graph, node: Node): number {
  const closesLoop = node.inputs.some(ref => graph.node(parseRef(ref).node).op === 'NextIteration');
  const inLoop = node.op === 'Switch' && graph.producer(node, 1)?.op === 'LoopCond';
  if (node.op === 'Enter' || (node.op === 'Switch' && !inLoop)) return 1;
  return node.op === 'Exit' || (node.op === 'Merge' && !closesLoop) ? -1 : 0;
}
