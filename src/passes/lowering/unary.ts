import {int8Constant, type IntConstant} from '../../graph/constant.js';
import {Int8Op} from '../../ops.js';
import {type Grid, INT8} from '../../quant/grid.js';
import {dequantizeValue, type QuantParams, quantizeValue} from '../../quant/quant_params.js';
import {compositeHeads, compositeOf} from '../unary_functions.js';
import type {Rule} from './lowering.js';

/** Elementwise functions of one int8 tensor, as a table. */
export const lowerUnary: Rule = (node, lowering) => {
  const {graph} = lowering;
  const stop = (ref: string) => lowering.isInt8(ref);
  const {root, apply, description} = compositeOf(graph, node.name, stop);
  if (description === '' || !lowering.isInt8(root)) return undefined;
  if (!compositeHeads(graph, root, stop).has(node.name)) return undefined;
  const [x, out] = [lowering.params(root), lowering.params(node.name)];
  if (x === undefined || out === undefined) return 'the ranges of its tensors are not known';
  return {
    head: node,
    emit: target => {
      const table = tableConstant(apply, x, out, target.grid);
      const inputs = [target.int8Ref(root), target.constant(node, 'table', table)];
      const attrs = {...target.outputAttrs(node.name), function: description};
      target.emitOp(node, Int8Op.Lookup, inputs, attrs);
    },
    simulate: simulation => simulation.roundValue(node.name),
  };
};

/** table[q + 128] for all q of int8: the function between two grids. */
export function tableConstant(
  apply: (x: number) => number,
  from: QuantParams,
  to: QuantParams,
  grid: Grid,
): IntConstant {
  const entry = (i: number) => {
    const y = apply(dequantizeValue(i + INT8.min, from));
    return quantizeValue(Number.isNaN(y) ? 0 : y, to, grid);
  };
  return int8Constant(Array.from({length: 256}, (_, i) => entry(i)));
}
