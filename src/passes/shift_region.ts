import {stringAttr} from '../graph/attributes.js';
import type {Shapes} from '../graph/channel_groups.js';
import {type Graph, type Node, parseRef} from '../graph/graph.js';
import {isLayerOp, type Layer, layerOf} from '../graph/layer.js';
import {readsPadding} from './channel_path.js';

/** Everything that a constant passes on its way from one layer's bias to the biases of others. */
export interface ShiftRegion {
  /** Layers that read a shifted tensor. */
  readonly readers: readonly Layer[];
  /** Nodes whose values are shifted, the layer's output first. */
  readonly shifted: readonly string[];
  /** Caps, whose constants are shifted, too. */
  readonly caps: readonly Node[];
  /** Is there a ReLU or its like, through which only shifts that leave values positive pass? */
  readonly hasActivation: boolean;
}

/** f(x − c) = f(x) − c. */
const LINEAR = new Set([
  ...['Identity', 'MaxPool', 'AvgPool', 'Mean', 'ResizeBilinear', 'ResizeNearestNeighbor'],
  ...['MirrorPad', 'Reshape', 'Squeeze', 'ExpandDims'],
]);

/** f(x) = x where x ≥ 0. */
const ACTIVATIONS = new Set(['Relu', 'LeakyRelu', 'Prelu']);

/**
 * Follows the output of a layer to all layers that read it.
 *
 * @returns the reason where a constant that is taken out of each channel can't be given back exactly
 */
export function shiftRegion(graph: Graph, shapes: Shapes, layer: Layer): ShiftRegion | string {
  const region = {
    readers: [] as Layer[],
    shifted: [layer.output],
    caps: [] as Node[],
    hasActivation: false,
  };
  for (const name of region.shifted) {
    if (graph.isOutput(name)) return 'the model returns it';
    for (const user of graph.users(name)) {
      const reason = isLayerOp(user.op)
        ? addReader(graph, name, user, region.readers)
        : (refusal(graph, shapes, name, user) ?? addNode(name, user, layer, region));
      if (reason !== undefined) return `${reason} ('${user.name}')`;
    }
  }
  return region.readers.length === 0 ? 'no layer reads it' : region;
}

function addReader(graph: Graph, name: string, user: Node, readers: Layer[]): string | undefined {
  const reader = layerOf(graph, user);
  if (reader === undefined || parseRef(reader.input).node !== name) return 'it is no plain layer';
  if (readsPadding(reader)) return 'zeros beyond the border are seen';
  readers.push(reader);
  return undefined;
}

interface OpenRegion {
  readonly shifted: string[];
  readonly caps: Node[];
  hasActivation: boolean;
}

function addNode(name: string, user: Node, layer: Layer, region: OpenRegion): string | undefined {
  if (ACTIVATIONS.has(user.op)) {
    // What a sum adds to the channel is not known to be positive.
    if (name !== layer.output) return `${user.op} does not follow the layer`;
    region.hasActivation = true;
  }
  if (user.op === 'Minimum') region.caps.push(user);
  if (!region.shifted.includes(user.name)) region.shifted.push(user.name);
  return undefined;
}

/** Why the node does not hand on a shift of each channel as it is. */
function refusal(graph: Graph, shapes: Shapes, name: string, user: Node): string | undefined {
  const {op, inputs} = user;
  if (inputs.filter(ref => parseRef(ref).node === name).length !== 1) return `${op} reads it twice`;
  if (inputs.includes(`^${name}`)) return `${op} waits for it`;
  if (!keepsChannels(graph, shapes, name, user)) return `${op} moves channels`;
  if (op === 'BiasAdd' || op === 'Add' || op === 'AddV2') return undefined;
  if (op === 'Minimum') {
    const isCap = graph.floatInput(user, 1) !== undefined && graph.producer(user, 0)?.op === 'Relu';
    return isCap ? undefined : 'Minimum is no cap';
  }
  return LINEAR.has(op) || ACTIVATIONS.has(op) ? undefined : `${op} does not hand on a shift`;
}

/** Are channels along the last axis before and behind? In a flattened tensor they come around again. */
function keepsChannels(graph: Graph, shapes: Shapes, name: string, user: Node): boolean {
  if (stringAttr(user.attrs, 'data_format', 'NHWC') !== 'NHWC') return false;
  const from = shapes.get(name);
  const before = from?.at(-1);
  const after = shapes.get(user.name)?.at(-1);
  if (from === undefined || before === undefined || after === undefined) return false;
  if (user.op === 'Reshape') return after % before === 0;
  if (user.op !== 'Mean') return after === before;
  const axes = graph.constantInput(user, 1);
  const last = from.length - 1;
  return axes?.dtype === 'int32' && axes.values.every(axis => axis !== last && axis !== -1);
}
