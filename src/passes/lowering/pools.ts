import {booleanAttr, numbersAttr, stringAttr} from '../../graph/attributes.js';
import type {Node} from '../../graph/graph.js';
import {Int8Op} from '../../ops.js';
import {windowAttrs} from './layers.js';
import type {Lowering, Rule} from './lowering.js';

/** MaxPool, AvgPool and Mean of an int8 tensor. */
export const lowerPool: Rule = (node, lowering) => {
  if (node.op !== 'MaxPool' && node.op !== 'AvgPool' && node.op !== 'Mean') return undefined;
  const {graph} = lowering;
  if (!lowering.isInt8(node.inputs[0])) return 'its operand is float';
  if (lowering.params(node.name) === undefined) return 'the range of its result is not known';
  if (node.op === 'Mean') {
    const axes = graph.constantInput(node, 1);
    if (axes?.dtype !== 'int32') return 'its axes are not constants';
    return {
      head: node,
      emit: target => emitMean(target, node, [...axes.values]),
      simulate: simulation => simulation.roundValue(node.name),
    };
  }
  if (stringAttr(node.attrs, 'data_format', 'NHWC') !== 'NHWC') return 'its layout is not NHWC';
  return {
    head: node,
    emit: target => emitPool(target, node),
    simulate: simulation => {
      if (node.op === 'AvgPool') simulation.roundValue(node.name);
    },
  };
};

function emitPool(lowering: Lowering, node: Node): void {
  const [, height, width] = numbersAttr(node.attrs, 'ksize', [1, 1, 1, 1]);
  const filterSize: [number, number] = [height, width];
  const inputs = [lowering.int8Ref(node.inputs[0])];
  const window = windowAttrs(node);
  if (node.op === 'MaxPool') {
    lowering.emitOp(node, Int8Op.MaxPool, inputs, {...window, filterSize});
    return;
  }
  const grids = gridAttrs(lowering, node);
  lowering.emitOp(node, Int8Op.AvgPool, inputs, {...window, ...grids, filterSize});
}

function emitMean(lowering: Lowering, node: Node, axes: number[]): void {
  const keepDims = booleanAttr(node.attrs, 'keep_dims', false);
  const inputs = [lowering.int8Ref(node.inputs[0])];
  lowering.emitOp(node, Int8Op.Mean, inputs, {...gridAttrs(lowering, node), axes, keepDims});
}

/** The grids of an op of one operand. */
export function gridAttrs(lowering: Lowering, node: Node) {
  const {scale, zeroPoint} = lowering.paramsOf(node.inputs[0]);
  return {xScale: scale, xZeroPoint: zeroPoint, ...lowering.outputAttrs(node.name)};
}
