import {DisjointSets} from './disjoint_sets.js';
import {type Graph, type Node, parseRef} from './graph.js';
import {isLayerOp, type Layer, layerOrReason} from './layer.js';

/**
 * Tensors whose channels must be scaled together: dividing channel c of all of them by s[c], and
 * multiplying the filters that read them by s[c], leaves the function of the graph as it was.
 */
export interface ChannelGroup {
  readonly channels: number;
  /** Layers whose output is in the group. */
  readonly producers: readonly Layer[];
  /** Layers that read a tensor of the group. */
  readonly consumers: readonly Layer[];
  /** Nodes that commute with a positive scale of each channel: activations, pools, sums. */
  readonly carriers: readonly Node[];
  /** Why the channels can't be scaled, if they can't. */
  readonly blocked?: string;
}

/** Ops that act on each channel alone and commute with a positive scale, once constants are scaled too. */
const CARRIERS = new Set([
  'Relu',
  'Relu6',
  'LeakyRelu',
  'Prelu',
  'Minimum',
  'BiasAdd',
  'MaxPool',
  'AvgPool',
  'Mean',
  'Pad',
  'MirrorPad',
  'ResizeBilinear',
  'ResizeNearestNeighbor',
  'Identity',
  'AddV2',
  'Add',
]);

/** Shape of each tensor by reference, one sample; -1 nowhere. */
export type Shapes = ReadonlyMap<string, readonly number[]>;

/**
 * Partition of the graph's tensors into channel groups.
 *
 * @param shapes of the tensors, where known; sums need them, to tell that they do not broadcast
 */
export function channelGroups(graph: Graph, shapes: Shapes): ChannelGroup[] {
  const builder = new Builder(graph, shapes);
  for (const node of graph.nodes) builder.visit(node);
  for (const name of graph.outputs) builder.block(name, 'the model returns it');
  return builder.groups();
}

interface Members {
  channels: number;
  producers: Layer[];
  consumers: Layer[];
  carriers: Node[];
  blocked?: string;
}

class Builder {
  private readonly sets = new DisjointSets();
  private readonly members = new Map<string, Members>();

  constructor(
    private readonly graph: Graph,
    private readonly shapes: Shapes,
  ) {}

  visit(node: Node): void {
    if (node.op === 'Const') return;
    if (isLayerOp(node.op)) this.visitLayer(node);
    else if (CARRIERS.has(node.op)) this.visitCarrier(node);
    else this.visitOther(node, `${node.op} does not commute with scales`);
  }

  block(ref: string, reason: string): void {
    this.of(ref).blocked ??= reason;
  }

  groups(): ChannelGroup[] {
    return [...this.members]
      .filter(([name]) => this.sets.find(name) === name)
      .map(([, group]) => group);
  }

  private visitLayer(node: Node): void {
    const layer = layerOrReason(this.graph, node);
    if (typeof layer === 'string') return this.visitOther(node, layer);
    const consumed = this.of(node.inputs[0]);
    consumed.consumers.push(layer);
    this.agree(node.inputs[0], layer.inChannels);
    this.of(node.name).producers.push(layer);
    this.agree(node.name, layer.outChannels);
  }

  private visitCarrier(node: Node): void {
    const reason = this.refusal(node);
    if (reason !== undefined) return this.visitOther(node, reason);
    for (const ref of this.carried(node)) this.union(ref, node.name);
    this.of(node.name).carriers.push(node);
  }

  private visitOther(node: Node, reason: string): void {
    for (const ref of node.inputs) this.block(ref, `${reason} ('${node.name}')`);
    this.block(node.name, `${reason} ('${node.name}')`);
  }

  /** Operands that must be scaled as the result is; the others are constants of the node. */
  private carried(node: Node): readonly string[] {
    return node.op === 'AddV2' || node.op === 'Add' ? node.inputs : node.inputs.slice(0, 1);
  }

  private refusal(node: Node): string | undefined {
    switch (node.op) {
      case 'AddV2':
      case 'Add':
        return this.sumRefusal(node);
      case 'Prelu':
      case 'Minimum':
      case 'BiasAdd':
        return this.constantRefusal(node);
      case 'Mean':
        return this.averagesSpace(node) ? undefined : 'Mean is not over height and width';
      case 'Pad':
      case 'MirrorPad':
        return this.padsSpace(node) ? undefined : `${node.op} is not of height and width`;
      default:
        return undefined;
    }
  }

  private constantRefusal(node: Node): string | undefined {
    const constant = this.graph.floatInput(node, 1);
    if (constant === undefined) return `${node.op} has no constant operand`;
    const {shape, values} = constant;
    const isPerChannel = values.length === 1 || values.length === shape[shape.length - 1];
    return isPerChannel ? undefined : `${node.op} differs from place to place`;
  }

  private sumRefusal(node: Node): string | undefined {
    const [a, b] = node.inputs.map(ref => this.shapes.get(ref));
    const same = a !== undefined && b !== undefined && a.join() === b.join();
    return same ? undefined : 'the operands of the sum differ in shape';
  }

  private averagesSpace(node: Node): boolean {
    const axes = this.graph.constantInput(node, 1);
    const rank = this.shapes.get(node.inputs[0])?.length;
    if (axes?.dtype !== 'int32' || rank !== 4) return false;
    return [...axes.values].every(axis => axis === 1 || axis === 2 || axis === -2 || axis === -3);
  }

  private padsSpace(node: Node): boolean {
    const paddings = this.graph.constantInput(node, 1);
    if (paddings?.dtype !== 'int32') return false;
    return paddings.values.slice(-2).every(size => size === 0);
  }

  private agree(ref: string, channels: number): void {
    const group = this.of(ref);
    if (group.channels === 0) group.channels = channels;
    if (group.channels !== channels) group.blocked ??= 'its channels are counted differently';
  }

  private of(ref: string): Members {
    const root = this.sets.find(canonical(ref));
    let group = this.members.get(root);
    if (group === undefined) {
      const blocked = root.includes(':') ? `'${root}' is one of several outputs` : undefined;
      group = {channels: 0, producers: [], consumers: [], carriers: [], blocked};
      this.members.set(root, group);
    }
    return group;
  }

  private union(a: string, b: string): void {
    const [into, from] = [this.of(a), this.of(b)];
    if (into === from) return;
    this.sets.join(canonical(a), canonical(b));
    into.producers.push(...from.producers);
    into.consumers.push(...from.consumers);
    into.carriers.push(...from.carriers);
    into.blocked ??= from.blocked;
    if (from.channels > 0) this.agree(a, from.channels);
  }
}

/** One key a tensor: 'name:0' is 'name', and a control edge stands for the node. */
function canonical(ref: string): string {
  const {node, index} = parseRef(ref);
  return index > 0 ? `${node}:${index}` : node;
}
