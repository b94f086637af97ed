import type {AccumulatorAttrs} from '../../src/ops.js';
import type {Int8Backend} from '../int8_backend.js';
import type {FilterSpec, Microkernels, PackedFilter} from '../microkernels.js';
import {fail, type AccumulatorOperands} from './int8_kernel.js';
import {outputStageOf, perChannel} from './output_stage.js';
import {variantOf} from './variants.js';

/** Sizes of a filter; taps: products in one accumulator, the K of the overflow bound. */
export interface FilterSizes {
  readonly height: number;
  readonly width: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly taps: number;
}

/**
 * The filter with its bias, zero points and output stage, packed at first use. Nothing in it depends
 * on the size or the padding of the image. Where the filter's values are needed again, they come from there.
 *
 * @param more what `pack` depends on besides
 * @throws Error if an operand does not fit the filter, or an accumulator could overflow
 */
export function packedFilterOf(
  op: string,
  backend: Int8Backend,
  operands: AccumulatorOperands,
  attrs: AccumulatorAttrs,
  sizes: FilterSizes,
  pack: (kernels: Microkernels, spec: FilterSpec) => PackedFilter,
  more: readonly unknown[] = [],
): PackedFilter {
  const {filter, bias, filterScale, filterZeroPoint, activation} = operands;
  const key = [
    attrs.xScale,
    attrs.xZeroPoint,
    attrs.outScale,
    attrs.outZeroPoint,
    attrs.lo,
    attrs.hi,
    attrs.activation,
    bias.dataId,
    filterScale.dataId,
    filterZeroPoint.dataId,
    activation?.dataId,
    ...filter.shape,
    ...more,
  ];
  return variantOf<PackedFilter>(
    backend,
    filter,
    op,
    key,
    () => {
      const spec = specOf(op, backend, operands, attrs, sizes);
      const packed = pack(backend.microkernels, spec);
      backend.replaceBytes(filter, () => backend.microkernels.filterValues(packed));
      return packed;
    },
    packed => backend.microkernels.freeFilter(packed),
  );
}

function specOf(
  op: string,
  backend: Int8Backend,
  operands: AccumulatorOperands,
  attrs: AccumulatorAttrs,
  {taps, ...sizes}: FilterSizes,
): FilterSpec {
  const {filter, bias, filterScale, filterZeroPoint, activation} = operands;
  const channels = sizes.outChannels;
  const biases = backend.values(bias);
  if (bias.dtype !== 'int32' || biases.length !== channels) {
    fail(op, `bias is ${bias.dtype} [${bias.shape.join(', ')}], but must be int32 [${channels}]`);
  }
  const zeroPoints = backend.values(filterZeroPoint);
  if (zeroPoints.some(z => z < -128 || z > 127)) fail(op, 'filterZeroPoint is outside int8');
  checkAccumulator(op, taps, biases);
  const scales = backend.values(filterScale);
  const activations = activation === undefined ? [] : backend.values(activation);
  return {
    ...sizes,
    values: backend.int8Values(filter),
    zeroPoint: Int32Array.from(perChannel(op, 'filterZeroPoint', zeroPoints, channels)),
    bias: Int32Array.from(biases),
    xZeroPoint: attrs.xZeroPoint,
    stage: outputStageOf(op, attrs, channels, scales, activations),
  };
}

/** Proves that no int32 accumulator overflows: taps · 255 · 255 + |bias| < 2^31. */
function checkAccumulator(op: string, taps: number, bias: ArrayLike<number>): void {
  let largest = 0;
  for (let c = 0; c < bias.length; c++) largest = Math.max(largest, Math.abs(bias[c]));
  if (taps * 255 * 255 + largest >= 2 ** 31) {
    fail(
      op,
      `${taps} products and a bias of ${largest} may overflow the int32 accumulator; leave the layer in float`,
    );
  }
}
