import {attributesOf, numberAttr, numbersAttr, stringAttr} from '../../graph/attributes.js';
import type {Graph, Node} from '../../graph/graph.js';
import {Int8Op} from '../../ops.js';

/**
 * Let convolutions pad what graphs pad before them, as those of Keras do where a stride is 2:
 *
 *   given:   Conv(PadV2(x, paddings, zeroPoint)) VALID,  or  Conv(Int8Quantize(Pad(x, paddings))) VALID
 *   result:  Conv(x) EXPLICIT,                           or  Conv(Int8Quantize(x)) EXPLICIT
 *
 * The same bits: what a convolution takes for padding lies on the zero point too, and real 0 is quantized to it.
 *
 * @param graph int8; changed in place
 */
export function foldPadding(graph: Graph): void {
  for (const {name} of graph.nodes) {
    if (!graph.has(name)) continue;
    const node = graph.node(name);
    if (node.op === 'PadV2') foldPad(graph, node);
    else if (node.op === Int8Op.Quantize) foldFloatPad(graph, node);
  }
  graph.removeUnused();
}

function foldPad(graph: Graph, pad: Node): void {
  const constant = graph.constantInput(pad, 2);
  const paddings = paddingsOf(graph, pad);
  if (paddings === undefined || constant?.dtype !== 'int32') return;
  const users = convolutionsOf(graph, pad.name, constant.values[0]);
  for (const user of users ?? []) convolvePadded(graph, user, pad.inputs[0], paddings);
}

function foldFloatPad(graph: Graph, quantize: Node): void {
  const pad = graph.producer(quantize, 0);
  if (pad === undefined || graph.soleUser(pad.name) === undefined) return;
  const isZero = pad.op === 'Pad' || (pad.op === 'PadV2' && isZeroConstant(graph, pad));
  const paddings = isZero ? paddingsOf(graph, pad) : undefined;
  if (paddings === undefined) return;
  const zeroPoint = numberAttr(quantize.attrs, 'outZeroPoint', 0);
  const users = convolutionsOf(graph, quantize.name, zeroPoint);
  if (users === undefined) return;
  graph.replace({...quantize, inputs: [pad.inputs[0], ...quantize.inputs.slice(1)]});
  for (const user of users) convolvePadded(graph, user, quantize.name, paddings);
}

function isZeroConstant(graph: Graph, pad: Node): boolean {
  return graph.floatInput(pad, 2)?.values[0] === 0;
}

type Paddings = readonly [top: number, bottom: number, left: number, right: number];

/** What is padded along height and width of an NHWC image; undefined where anything else is. */
function paddingsOf(graph: Graph, pad: Node): Paddings | undefined {
  const constant = graph.constantInput(pad, 1);
  if (constant?.dtype !== 'int32' || constant.values.length !== 8) return undefined;
  const [before, after, top, bottom, left, right, ...channels] = constant.values;
  const isImage = [before, after, ...channels].every(size => size === 0);
  return isImage ? [top, bottom, left, right] : undefined;
}

/** All that read the tensor, if they are convolutions that can pad it themselves with `zeroPoint`. */
function convolutionsOf(
  graph: Graph,
  name: string,
  zeroPoint: number,
): readonly Node[] | undefined {
  const users = graph.users(name);
  const canPad = ({op, attrs, inputs}: Node) =>
    (op === Int8Op.Conv2D || op === Int8Op.DepthwiseConv2D) &&
    inputs.filter(ref => ref === name).length === 1 &&
    inputs[0] === name &&
    stringAttr(attrs, 'padding', 'SAME') !== 'SAME' &&
    numberAttr(attrs, 'xZeroPoint', 0) === zeroPoint;
  return !graph.isOutput(name) && users.every(canPad) ? users : undefined;
}

function convolvePadded(graph: Graph, {name}: Node, x: string, paddings: Paddings): void {
  const node = graph.node(name);
  const own = numbersAttr(node.attrs, 'explicitPaddings', [0, 0, 0, 0]);
  const explicitPaddings = paddings.map((size, i) => size + own[i]);
  graph.replace({
    ...node,
    inputs: [x, ...node.inputs.slice(1)],
    attrs: {...node.attrs, ...attributesOf({padding: 'EXPLICIT', explicitPaddings})},
  });
}
