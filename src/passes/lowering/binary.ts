import {floatConstant, type FloatConstant, int8Constant} from '../../graph/constant.js';
import type {Graph, Node} from '../../graph/graph.js';
import {type BinaryAttrs, Int8Op} from '../../ops.js';
import {
  chooseQuantParams,
  dequantizeValue,
  type QuantParams,
  quantizeValue,
} from '../../quant/quant_params.js';
import {rangeOf} from '../../quant/range.js';
import type {Lowering, Rule} from './lowering.js';

const OPS: Readonly<Record<string, 'Int8Add' | 'Int8Sub' | 'Int8Mul'>> = {
  Add: Int8Op.Add,
  AddV2: Int8Op.Add,
  BiasAdd: Int8Op.Add,
  Sub: Int8Op.Sub,
  Mul: Int8Op.Mul,
};

/** Beyond this ratio of scales a sum has no digit in common with its result. */
const LARGEST_FACTOR = 2 ** 19;

/** Sums and products of two int8 tensors, or of one and a constant, with a ReLU behind. */
export const lowerBinary: Rule = (node, lowering) => {
  const op = OPS[node.op];
  if (op === undefined) return undefined;
  const operands = [0, 1].map(i => operandOf(node, i, lowering));
  const {head, bounds, caps} = clampAfter(node, lowering);
  const out = lowering.params(head.name);
  if (out === undefined) return 'the range of its result is not known';
  const [a, b] = operands;
  if (a === undefined || b === undefined) return 'an operand is float';
  if ([a, b].some(({params}) => !(params.scale / out.scale < LARGEST_FACTOR))) {
    return 'its operands and its result differ too much in scale';
  }
  return {
    head,
    emit: target => {
      const [low, high] = bounds.map(real => quantizeValue(real, out, target.grid));
      const attrs: BinaryAttrs = {
        ...target.outputAttrs(head.name),
        aScale: a.params.scale,
        aZeroPoint: a.params.zeroPoint,
        bScale: b.params.scale,
        bZeroPoint: b.params.zeroPoint,
        lo: low,
        hi: high,
      };
      const inputs = [a.ref(target), b.ref(target)];
      if (caps === undefined) target.emitOp(head, op, inputs, attrs);
      else emitCapped(target, node, head, op, inputs, attrs, caps);
    },
    simulate: simulation => {
      simulation.roundValue(head.name);
      if (simulation.simulated.activations) roundConstants(simulation.graph, node, operands);
    },
  };
};

interface Operand {
  readonly params: QuantParams;
  /** Adds what is needed and tells where the int8 operand is to be had. */
  ref(lowering: Lowering): string;
  /** The value on its grid, of a constant. */
  readonly rounded?: FloatConstant;
}

function operandOf(node: Node, index: number, lowering: Lowering): Operand | undefined {
  const ref = node.inputs[index];
  const params = lowering.params(ref);
  if (lowering.isInt8(ref) && params !== undefined) return {params, ref: t => t.int8Ref(ref)};
  const constant = lowering.graph.floatInput(node, index);
  if (constant === undefined) return undefined;
  const grid = lowering.constantGrid;
  const own = chooseQuantParams(rangeOf(constant.values), grid);
  const values = Array.from(constant.values, v => quantizeValue(v, own, grid));
  const name = index === 0 ? 'a' : 'b';
  return {
    params: own,
    ref: t => t.constant(node, name, int8Constant(values, constant.shape)),
    rounded: floatConstant(
      values.map(q => dequantizeValue(q, own)),
      constant.shape,
    ),
  };
}

function roundConstants(graph: Graph, node: Node, operands: readonly (Operand | undefined)[]) {
  operands.forEach((operand, i) => {
    if (operand?.rounded === undefined) return;
    graph.setConstantInput(graph.node(node.name), i, operand.rounded);
  });
}

interface Clamp {
  readonly head: Node;
  /** Real bounds of the result. */
  readonly bounds: readonly [number, number];
  /** Upper bounds of each channel, which equalization makes of a ReLU6. */
  readonly caps?: Float32Array;
}

/** The ReLU that alone reads the result. */
function clampAfter(node: Node, {graph, context}: Lowering): Clamp {
  const user = graph.soleUser(node.name);
  if (user !== undefined && context.plan.skipped.has(user.name)) {
    return {head: node, bounds: [-Infinity, Infinity]};
  }
  if (user?.op === 'Relu6') return {head: user, bounds: [0, 6]};
  if (user?.op !== 'Relu') return {head: node, bounds: [-Infinity, Infinity]};
  const next = graph.soleUser(user.name);
  const caps = next?.op === 'Minimum' ? graph.floatInput(next, 1)?.values : undefined;
  if (next === undefined || caps === undefined) return {head: user, bounds: [0, Infinity]};
  if (caps.length === 1) return {head: next, bounds: [0, caps[0]]};
  return {head: next, bounds: [0, Infinity], caps};
}

/** The sum on the grid of the capped result, and a Minimum behind it. */
function emitCapped(
  lowering: Lowering,
  node: Node,
  head: Node,
  op: 'Int8Add' | 'Int8Sub' | 'Int8Mul',
  inputs: readonly string[],
  attrs: BinaryAttrs,
  caps: Float32Array,
): void {
  const out = lowering.paramsOf(head.name);
  lowering.emitOp(node, op, inputs, attrs);
  const cap = int8Constant(Array.from(caps, real => quantizeValue(real, out, lowering.grid)));
  const operands = [`${node.name}/int8`, lowering.constant(head, 'cap', cap)];
  lowering.emitNode(head, {op: 'Minimum', inputs: operands, attrs: {}});
}
