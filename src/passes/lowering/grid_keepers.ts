import {type Graph, type Node, parseRef} from '../../graph/graph.js';

/**
 * Ops that move or compare values and make none: the result lies on the operands' grid. The number
 * tells how many leading operands are tensors of that grid; −1: all but the last; 0: all.
 */
const KEEPERS: Readonly<Record<string, number>> = {
  BatchToSpaceND: 1,
  ConcatV2: -1,
  DepthToSpace: 1,
  ExpandDims: 1,
  GatherV2: 1,
  Identity: 1,
  MaxPool: 1,
  Maximum: 2,
  Minimum: 2,
  MirrorPad: 1,
  Pack: 0,
  Pad: 1,
  PadV2: 1,
  Reshape: 1,
  ResizeBilinear: 1,
  ResizeNearestNeighbor: 1,
  ReverseV2: 1,
  Slice: 1,
  SpaceToBatchND: 1,
  SpaceToDepth: 1,
  Split: 1,
  SplitV: 1,
  Squeeze: 1,
  StridedSlice: 1,
  Tile: 1,
  Transpose: 1,
  Unpack: 1,
};

/** Does the result of this node lie on its operands' grid? */
export function isGridKeeper(graph: Graph, node: Node): boolean {
  return node.op in KEEPERS && dataOperands(graph, node).length > 0;
}

/** Positions of the operands that hold the values; empty where one of them is a constant. */
export function dataOperands(graph: Graph, node: Node): number[] {
  const data = node.inputs.map((_, i) => i).filter(i => !parseRef(node.inputs[i]).control);
  const count = KEEPERS[node.op] ?? 0;
  // Split has its axis first, the other ops have it last.
  const positions =
    node.op === 'Split' ? [1] : data.slice(0, count > 0 ? count : data.length + count);
  return positions.some(i => graph.producer(node, i)?.op === 'Const') ? [] : positions;
}
