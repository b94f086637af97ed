import {Int8Op} from '../../src/ops.js';
import {checkRank, fail, int8Kernel, textOf, type AccumulatorOperands} from './int8_kernel.js';
import {accumulatorStep} from './accumulator_step.js';
import {packedFilterOf} from './packed_filter.js';
import {windowOf} from './window.js';

const OP = Int8Op.Conv2D;

/** x NHWC, filter HWIO. */
export const conv2DConfig = int8Kernel(OP, (backend, operands: AccumulatorOperands, attrs) => {
  const {x, filter} = operands;
  checkRank(OP, 'filter', filter, 4);
  const [height, width, inChannels, outChannels] = filter.shape;
  const window = windowOf(OP, x, [height, width], attrs, attrs.dilations);
  if (x.shape[3] !== inChannels) {
    fail(OP, `x has shape ${textOf(x.shape)}, but the filter takes ${inChannels} channels`);
  }
  const sizes = {height, width, inChannels, outChannels, taps: height * width * inChannels};
  const packed = packedFilterOf(OP, backend, operands, attrs, sizes, (kernels, spec) =>
    kernels.packConv2D(spec),
  );
  const shape = [window.batch, window.outHeight, window.outWidth, outChannels];
  const loop = backend.microkernels.conv2D(packed, {...window, inChannels, outChannels});
  return accumulatorStep(backend, shape, attrs, loop);
});
