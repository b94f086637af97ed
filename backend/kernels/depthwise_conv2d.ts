import {Int8Op} from '../../src/ops.js';
import {checkRank, fail, int8Kernel, textOf, type AccumulatorOperands} from './int8_kernel.js';
import {packedFilterOf} from './packed_filter.js';
import {unaryStep} from './steps.js';
import {windowOf} from './window.js';

const OP = Int8Op.DepthwiseConv2D;

/** x NHWC, filter HWIM: output channel c = i · multiplier + m. */
export const depthwiseConv2DConfig = int8Kernel(
  OP,
  (backend, operands: AccumulatorOperands, attrs) => {
    const {x, filter} = operands;
    checkRank(OP, 'filter', filter, 4);
    if (attrs.activation === 'dequantize') fail(OP, `activation must not be 'dequantize'`);
    const [height, width, inChannels, multiplier] = filter.shape;
    const outChannels = inChannels * multiplier;
    const window = windowOf(OP, x, [height, width], attrs, attrs.dilations);
    if (x.shape[3] !== inChannels) {
      fail(OP, `x has shape ${textOf(x.shape)}, but the filter takes ${inChannels} channels`);
    }
    const sizes = {height, width, inChannels, outChannels, taps: height * width};
    const packed = packedFilterOf(OP, backend, operands, attrs, sizes, (kernels, spec) =>
      kernels.packDepthwise(spec),
    );
    const shape = [window.batch, window.outHeight, window.outWidth, outChannels];
    const geometry = {...window, inChannels, outChannels};
    return unaryStep(backend, shape, backend.microkernels.depthwiseConv2D(packed, geometry));
  },
);
