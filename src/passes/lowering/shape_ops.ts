import {booleanAttr} from '../../graph/attributes.js';
import {intConstant} from '../../graph/constant.js';
import type {Graph, Node} from '../../graph/graph.js';
import {Int8Op} from '../../ops.js';
import {quantizeValue} from '../../quant/quant_params.js';
import {dataOperands, isGridKeeper} from './grid_keepers.js';
import type {Lowering, Rule} from './lowering.js';

/** Ops that only move or compare values: the stock op on int8 tensors, or a resize. */
export const lowerShapeOp: Rule = (node, lowering) => {
  const {graph} = lowering;
  if (!isGridKeeper(graph, node)) return undefined;
  const refs = dataOperands(graph, node).map(i => node.inputs[i]);
  if (refs.some(ref => !lowering.isInt8(ref))) return 'an operand is float';
  if (SEVERAL_OUTPUTS.has(node.op) && graph.isOutput(node.name)) {
    return 'the model returns its outputs';
  }
  const params = [...refs, node.name].map(ref => lowering.params(ref));
  if (params.some(p => p === undefined)) return 'the range of its result is not known';
  const same = params.every(
    p => p?.scale === params[0]?.scale && p?.zeroPoint === params[0]?.zeroPoint,
  );
  if (!same) return 'its operands lie on different grids';
  if (node.op === 'PadV2' && graph.floatInput(node, 2) === undefined) {
    return 'its padding value is not a constant';
  }
  // The stock op pads with integer 0, which on the grid is real 0 only where the zero point is.
  if (node.op === 'SpaceToBatchND' && params[0]?.zeroPoint !== 0 && pads(graph, node)) {
    return 'it pads, and its grid has another zero point than 0';
  }
  return {
    head: node,
    emit: target => emit(target, node),
    simulate: simulation => {
      if (MAKES_VALUES.has(node.op)) simulation.roundValue(node.name);
    },
  };
};

function pads(graph: Graph, node: Node): boolean {
  const paddings = graph.constantInput(node, 2);
  return paddings?.dtype !== 'int32' || paddings.values.some(size => size !== 0);
}

/** Ops whose result may have values that no operand has: means of neighbours, what is padded with. */
const MAKES_VALUES = new Set(['ResizeBilinear', 'PadV2']);

/** Ops whose outputs the caller may ask for one by one, under names that a Dequantize can't take over. */
const SEVERAL_OUTPUTS = new Set(['Split', 'SplitV', 'Unpack']);

const RESIZES: Readonly<Record<string, 'Int8ResizeBilinear' | 'Int8ResizeNearest'>> = {
  ResizeBilinear: Int8Op.ResizeBilinear,
  ResizeNearestNeighbor: Int8Op.ResizeNearest,
};

function emit(lowering: Lowering, node: Node): void {
  const data = dataOperands(lowering.graph, node);
  const inputs = node.inputs.map((ref, i) => (data.includes(i) ? lowering.int8Ref(ref) : ref));
  const resize = RESIZES[node.op];
  if (resize !== undefined) {
    lowering.emitOp(node, resize, inputs, {
      alignCorners: booleanAttr(node.attrs, 'align_corners', false),
      halfPixelCenters: booleanAttr(node.attrs, 'half_pixel_centers', false),
    });
  } else if (node.op === 'Pad' || node.op === 'PadV2') {
    lowering.emitNode(node, {
      op: 'PadV2',
      inputs: padInputs(lowering, node, inputs),
      attrs: intAttrs(node),
    });
  } else {
    lowering.emitNode(node, {op: node.op, inputs, attrs: intAttrs(node)});
  }
}

/** What is padded with: real 0, or the constant of PadV2, on the tensor's grid. */
function padInputs(lowering: Lowering, node: Node, inputs: readonly string[]): string[] {
  const real = node.op === 'PadV2' ? (lowering.graph.floatInput(node, 2)?.values[0] ?? 0) : 0;
  const q = quantizeValue(real, lowering.paramsOf(node.name), lowering.grid);
  return [inputs[0], inputs[1], lowering.constant(node, 'padding', intConstant([q], []))];
}

/** To TensorFlow.js an int8 tensor is int32. */
function intAttrs({attrs}: Node) {
  return 'T' in attrs ? {...attrs, T: {type: 'DT_INT32'}} : attrs;
}
