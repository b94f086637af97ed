import {intConstant} from '../../graph/constant.js';
import {Int8Op} from '../../ops.js';
import {exp} from '../../quant/elementary.js';
import {fixedRange} from '../../quant/fixed_ranges.js';
import {chooseQuantParams, type QuantParams} from '../../quant/quant_params.js';
import {EMPTY} from '../../quant/range.js';
import {roundHalfUp} from '../../quant/rounding.js';
import type {Lowering, Rule} from './lowering.js';

/** Softmax over the last axis of an int8 tensor. */
export const lowerSoftmax: Rule = (node, lowering) => {
  if (node.op !== 'Softmax') return undefined;
  const [ref] = node.inputs;
  const x = lowering.params(ref);
  if (!lowering.isInt8(ref) || x === undefined) return 'its operand is float';
  const out = lowering.params(node.name);
  if (out === undefined) return 'the range of its result is not known';
  const {scale, zeroPoint} = fixedParams(lowering);
  if (out.scale !== scale || out.zeroPoint !== zeroPoint) {
    return `its result is to lie on another grid than the fixed one (1/${1 / scale}, ${zeroPoint})`;
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

function fixedParams({grid, context}: Lowering): QuantParams {
  const symmetric = context.options.symmetricActivations;
  return chooseQuantParams(fixedRange('Softmax', grid, symmetric) ?? EMPTY, grid, symmetric);
}
