import {
  broadcastShape,
  broadcastTo,
  type ChannelMap,
  take,
  uniform,
  withRank,
} from './channel_map.js';
import {type Graph, type Node, parseRef, refOf} from './graph.js';
import {ScaleVariables} from './scale_variables.js';

/** Shape of each tensor by reference, one sample; -1 nowhere. */
export type Shapes = ReadonlyMap<string, readonly number[]>;

/** A constant that must be divided by the scales of the node's result. */
export interface ScaledConstant {
  readonly node: Node;
  readonly operand: number;
}

/**
 * The maps of a node's outputs, given those of its operands; or the reason why it does not commute with
 * a positive scale of each channel. What must be equal is made so.
 */
export type ChannelRule = (
  node: Node,
  flow: ChannelFlow,
) => ChannelMap | readonly ChannelMap[] | string;

/** What is known of the scales while the graph is walked, producers first. */
export class ChannelFlow {
  readonly variables = new ScaleVariables();
  readonly constants: ScaledConstant[] = [];
  readonly relu6: Node[] = [];
  private readonly maps = new Map<string, ChannelMap>();
  private readonly constant: ChannelMap;

  constructor(
    readonly graph: Graph,
    private readonly shapes: Shapes,
  ) {
    this.constant = this.opaque('it meets a constant');
  }

  /** The map of a tensor; of one that nothing is known of, a scale of 1. */
  mapOf(ref: string): ChannelMap {
    const {node, index} = parseRef(ref);
    const known = this.maps.get(refOf(node, index));
    if (known !== undefined) return known;
    if (this.graph.node(node).op === 'Const') return this.constant;
    const map = this.opaque(`'${ref}' is not followed`);
    this.setMap(ref, map);
    return map;
  }

  setMap(ref: string, map: ChannelMap): void {
    const {node, index} = parseRef(ref);
    this.maps.set(refOf(node, index), map);
  }

  shapeOf(ref: string): readonly number[] | undefined {
    const {node, index} = parseRef(ref);
    return this.shapes.get(refOf(node, index)) ?? this.graph.constants.get(node)?.shape;
  }

  /** The map with as many axes as the tensor has. */
  fullMapOf(ref: string): ChannelMap {
    return withRank(this.mapOf(ref), this.shapeOf(ref)?.length ?? 0);
  }

  /** Whole numbers of a constant operand. */
  integers(node: Node, index: number): Int32Array | undefined {
    const constant = this.graph.constantInput(node, index);
    return constant?.dtype === 'int32' ? constant.values : undefined;
  }

  /** A new tensor of one scale, which must be 1. */
  opaque(reason: string): ChannelMap {
    const [variable] = this.variables.create(1);
    this.variables.block(variable, reason);
    return uniform(variable);
  }

  block({scales}: ChannelMap, reason: string): void {
    scales.forEach(scale => this.variables.block(scale, reason));
  }

  isBlocked({scales}: ChannelMap): boolean {
    return scales.every(scale => this.variables.reason(scale) !== undefined);
  }

  /** Makes elements that meet in an elementwise operation equal; the map of the result. */
  unite(a: ChannelMap, b: ChannelMap): ChannelMap | undefined {
    const shape = broadcastShape(a.shape, b.shape);
    const wide = shape && [broadcastTo(a, shape), broadcastTo(b, shape)];
    const [x, y] = wide ?? [];
    if (x === undefined || y === undefined) return undefined;
    x.scales.forEach((scale, i) => this.variables.join(scale, y.scales[i]));
    return x;
  }

  /** Makes all elements along an axis equal; the axis has length 1 thereafter. */
  tie(map: ChannelMap, axis: number): ChannelMap {
    if (map.shape.length <= axis || map.shape[axis] === 1) return map;
    const first = take(map, axis, [0]);
    this.unite(map, first);
    return first;
  }

  tieAll(map: ChannelMap, axes: readonly number[]): ChannelMap {
    return axes.reduce((tied, axis) => this.tie(tied, axis), map);
  }
}

/** Operands that are values, not an order of execution. */
export function dataInputs(node: Node): string[] {
  return node.inputs.filter(ref => !parseRef(ref).control);
}
