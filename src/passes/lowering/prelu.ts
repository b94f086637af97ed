import {floatConstant} from '../../graph/constant.js';
import {Int8Op} from '../../ops.js';
import {gridAttrs} from './pools.js';
import type {Rule} from './lowering.js';

/** PReLU of an int8 tensor that no layer has taken in: after a sum, say. */
export const lowerPrelu: Rule = (node, lowering) => {
  if (node.op !== 'Prelu') return undefined;
  const [ref] = node.inputs;
  const slope = lowering.graph.floatInput(node, 1);
  if (!lowering.isInt8(ref)) return 'its operand is float';
  if (lowering.params(node.name) === undefined) return 'the range of its result is not known';
  const channels = lowering.context.plan.shapes.get(ref)?.at(-1);
  if (slope === undefined || (slope.values.length !== 1 && slope.values.length !== channels)) {
    return 'its slope is not one constant a channel';
  }
  return {
    head: node,
    emit: target => {
      const operand = target.constant(node, 'slope', floatConstant(slope.values));
      const inputs = [target.int8Ref(ref), operand];
      target.emitOp(node, Int8Op.PRelu, inputs, gridAttrs(target, node));
    },
    simulate: simulation => simulation.roundValue(node.name),
  };
};
