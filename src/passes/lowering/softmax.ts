import {intConstant} from '../../graph/constant.js';
import {Int8Op} from '../../ops.js';
import {exp} from '../../quant/elementary.js';
import {INT8} from '../../quant/grid.js';
import {roundHalfUp} from '../../quant/rounding.js';
import type {Rule} from './lowering.js';

/** Softmax over the last axis of an int8 tensor. */
export const lowerSoftmax: Rule = (node, lowering) => {
  if (node.op !== 'Softmax') return undefined;
  const [ref] = node.inputs;
  const x = lowering.params(ref);
  if (!lowering.isInt8(ref) || x === undefined) return 'its operand is float';
  const out = lowering.params(node.name);
  if (out === undefined) return 'the range of its result is not known';
  if (lowering.context.options.activationBits !== 8) return 'its grid is fixed at 8 bits';
  if (out.scale !== 1 / 256 || out.zeroPoint !== INT8.min) {
    return 'its result is to lie on another grid than the fixed one (1/256, −128)';
  }
  return {
    head: node,
    emit: target => {
      const entry = (_: unknown, d: number) => roundHalfUp(exp(-d * x.scale) * 2 ** 20);
      const exponentials = intConstant(Array.from({length: 256}, entry));
      const inputs = [target.int8Ref(ref), target.constant(node, 'exponentials', exponentials)];
      target.emitOp(node, Int8Op.Softmax, inputs, target.outputAttrs(node.name));
    },
    simulate: simulation => simulation.roundValue(node.name),
  };
};
