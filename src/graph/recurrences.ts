import {type Graph, type Node, parseRef} from './graph.js';
import {type Layer, layersOf} from './layer.js';

/** The steps of an unrolled recurrent layer: one filter, applied again to what was made with it. */
export interface Recurrence {
  /** One for each step, in the order of the steps. */
  readonly layers: readonly Layer[];
  /**
   * Names of the nodes that are no layers and carry the state from step to step: gates, products and
   * sums, from the layers that feed the first step to those that read the last.
   */
  readonly carriers: ReadonlySet<string>;
}

/** Layers that share a filter, where each but the first depends on another one's output. */
export function recurrences(graph: Graph): Recurrence[] {
  const byFilter = new Map<string, Layer[]>();
  const linear = new Set<string>();
  for (const layer of layersOf(graph)) {
    const {node} = parseRef(layer.node.inputs[1]);
    byFilter.set(node, [...(byFilter.get(node) ?? []), layer]);
    linear.add(layer.node.name);
    linear.add(layer.output);
  }
  return [...byFilter.values()]
    .filter(layers => layers.length > 1 && isChain(graph, layers))
    .map(layers => ({layers, carriers: carriersOf(graph, layers, linear)}));
}

/** Does every layer but one depend on another of them? */
function isChain(graph: Graph, layers: readonly Layer[]): boolean {
  const reached = walk(
    layers.map(({output}) => output),
    name => graph.users(name),
  );
  return layers.filter(({node}) => !reached.has(node.name)).length <= 1;
}

/** All that lies before and behind the layers, up to other layers. */
function carriersOf(
  graph: Graph,
  layers: readonly Layer[],
  linear: ReadonlySet<string>,
): ReadonlySet<string> {
  const isCarrier = ({name, op}: Node) =>
    op !== 'Const' && !op.startsWith('Placeholder') && !linear.has(name);
  const behind = walk(
    layers.map(({output}) => output),
    name => graph.users(name).filter(isCarrier),
  );
  const before = walk(
    layers.map(({node}) => node.name),
    name => producers(graph, name, layers).filter(isCarrier),
  );
  const own = new Set(layers.flatMap(({node, output}) => [node.name, output]));
  return new Set([...behind, ...before].filter(name => !own.has(name)));
}

/** Of a layer, what makes its operand: filter and bias belong to it. */
function producers(graph: Graph, name: string, layers: readonly Layer[]): Node[] {
  const layer = layers.find(({node}) => node.name === name);
  const refs = layer ? [layer.input] : graph.node(name).inputs;
  return refs.map(ref => graph.node(parseRef(ref).node));
}

/** Names of all nodes that `next` leads to, without the starts unless it leads back to them. */
function walk(starts: readonly string[], next: (name: string) => readonly Node[]): Set<string> {
  const found = new Set<string>();
  const pending = [...starts];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    for (const node of next(name)) {
      if (found.has(node.name)) continue;
      found.add(node.name);
      pending.push(node.name);
    }
  }
  return found;
}
