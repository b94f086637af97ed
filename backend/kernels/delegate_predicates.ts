import {slice_util, util, type NamedAttrMap, type TensorInfo} from '@tensorflow/tfjs-core';

/** What delegate_rules.ts judges. */
export interface Call {
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, TensorInfo | null | undefined>>;
  /** The inputs that are there; lists flattened. */
  readonly operands: readonly TensorInfo[];
  readonly attrs: NamedAttrMap;
}

export function isNumeric(dtype: unknown): boolean {
  return dtype !== 'string' && dtype !== 'complex64';
}

/** @returns whether the bias, if any, has shape [output channels] */
export function addsPerChannel(call: Call): boolean {
  const {bias} = call.inputs;
  return bias == null || util.arraysEqual(bias.shape, [outChannels(call)]);
}

/** @returns whether the slopes, if any, are those of the result's last axes */
export function repeatsOverLeadingAxes(call: Call): boolean {
  const {x, alpha, preluActivationWeights} = call.inputs;
  const slopes = alpha ?? preluActivationWeights;
  if (slopes == null) return true;
  const sizes = slopes.shape.slice(slopes.shape.findIndex(size => size !== 1));
  if (slopes.shape.every(size => size === 1)) return true;
  const result = call.kernelName === 'Prelu' ? (x?.shape ?? []) : [outChannels(call)];
  return sizes.length <= result.length && util.arraysEqual(sizes, result.slice(-sizes.length));
}

/** @returns whether the windows of a convolution with SAME padding end before the image does */
export function skipsLastPixels({inputs: {x, filter}, attrs}: Call): boolean {
  if (attrs.pad !== 'same' || x == null || filter == null) return false;
  const filterSizes = filter.shape.slice(0, 2);
  if (filterSizes.every(size => size === 1)) return false; // XNNPACK runs it as a matrix product
  const strides = pair(attrs.strides);
  const dilations = pair(attrs.dilations);
  return filterSizes.some((size, axis) => {
    const length = x.shape[axis + 1];
    const windows = Math.ceil(length / strides[axis]);
    return (windows - 1) * strides[axis] + (size - 1) * dilations[axis] + 1 < length;
  });
}

export function isOutOfBounds({inputs: {x}, attrs}: Call): boolean {
  if (x == null) return false;
  const [begin, size] = slice_util.parseSliceParams(
    x,
    attrs.begin as number[],
    attrs.size as number[],
  );
  return x.shape.some((length, axis) => begin[axis] + size[axis] > length);
}

/** Filters are HWIO, of a depthwise kernel HWIM; b is [..., K, N]. */
function outChannels({kernelName, inputs: {filter, b}, attrs}: Call): number {
  if (filter == null) return b?.shape.at(attrs.transposeB ? -2 : -1) ?? 0;
  const [, , inputs, outputs] = filter.shape;
  return kernelName === 'FusedDepthwiseConv2D' ? inputs * outputs : outputs;
}

/** Strides and dilations come as one number or as [height, width]. */
function pair(value: unknown): readonly number[] {
  return Array.isArray(value) ? value.map(Number) : [Number(value ?? 1), Number(value ?? 1)];
}
