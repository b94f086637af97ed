import {Int8Op} from '../../src/ops.js';
import {
  checkRank,
  fail,
  int8Kernel,
  sizeOf,
  textOf,
  type AccumulatorOperands,
} from './int8_kernel.js';
import {accumulatorStep} from './accumulator_step.js';
import {packedFilterOf} from './packed_filter.js';

const OP = Int8Op.MatMul;

/** x [..., K], filter [K, N]. */
export const matMulConfig = int8Kernel(OP, (backend, operands: AccumulatorOperands, attrs) => {
  const {x, filter} = operands;
  checkRank(OP, 'filter', filter, 2);
  const [depth, columns] = filter.shape;
  const outer = x.shape.slice(0, -1);
  if (x.shape.length < 1 || x.shape[outer.length] !== depth) {
    fail(OP, `x has shape ${textOf(x.shape)}, but the filter takes [..., ${depth}]`);
  }
  const sizes = {height: 1, width: 1, inChannels: depth, outChannels: columns, taps: depth};
  const packed = packedFilterOf(OP, backend, operands, attrs, sizes, (kernels, spec) =>
    kernels.packConv2D(spec),
  );
  const loop = backend.microkernels.matMul(packed, sizeOf(outer));
  return accumulatorStep(backend, [...outer, columns], attrs, loop);
});
