/**
 * What the WASM kernels of tfjs 4.22 do wrong, refuse or leave unchecked, and the CPU kernels do right.
 * Found by running the op tests of tfjs-core on `wasm` (test/conformance) and every kernel on int32
 * operands (test/backend/stock_ops.ts).
 */
import {
  slice_util,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';

type Inputs = Readonly<Record<string, TensorInfo | null | undefined>>;

interface Call {
  readonly inputs: Inputs;
  /** The inputs that are there; lists flattened. */
  readonly operands: readonly TensorInfo[];
  readonly attrs: NamedAttrMap;
  readonly kernelName: string;
}

interface SliceAttrs {
  begin: number | number[];
  size: number | number[];
}

interface Rule {
  /** Why these calls run on CPU. */
  readonly reason: string;
  /** The kernels it is about; all of them if absent. */
  readonly kernels?: readonly string[];
  readonly applies: (call: Call) => boolean;
}

/** Kernels that WASM runs on int32 and bool operands as the CPU does. The others take any bits for float32. */
const INTEGER_KERNELS = new Set(
  `Abs Add AddN All Any ArgMax ArgMin BatchToSpaceND Bincount BitwiseAnd BroadcastArgs Cast Concat
   CropAndResize Cumprod Cumsum DenseBincount Equal Exp ExpandDims FloorDiv GatherNd GatherV2 Greater
   GreaterEqual Identity LeakyRelu Less LessEqual LogicalAnd LogicalNot LogicalOr LogicalXor Max
   Maximum Mean Min Minimum MirrorPad Mod Multiply Neg NotEqual OneHot OnesLike Pack PadV2 Pow Prelu
   Prod RealDiv Relu Relu6 Reshape ResizeBilinear Reverse Round ScatterNd SearchSorted Select Sign
   Slice SpaceToBatchND SparseFillEmptyRows SparseReshape SparseSegmentMean SparseSegmentSum
   SparseToDense SplitV Square SquaredDifference Step Sub Sum TensorScatterUpdate Tile TopK Transpose
   Unique Unpack ZerosLike`.split(/\s+/),
);

const FUSED_CONVOLUTIONS = ['FusedConv2D', 'FusedDepthwiseConv2D'];

const RULES: readonly Rule[] = [
  {
    reason: 'WASM has neither strings nor complex numbers',
    applies: ({operands, attrs}) =>
      operands.some(({dtype}) => !isNumeric(dtype)) || !isNumeric(attrs.dtype),
  },
  {
    reason: 'the WASM kernel takes integers for float32',
    applies: ({kernelName, operands}) =>
      !INTEGER_KERNELS.has(kernelName) && operands.some(({dtype}) => dtype !== 'float32'),
  },
  {
    reason: 'the WASM kernel copies the low byte, so that 256 becomes false',
    kernels: ['Cast'],
    applies: ({attrs}) => attrs.dtype === 'bool',
  },
  {
    reason: 'the WASM kernels have channels last only',
    kernels: ['Conv2D', 'Conv2DBackpropInput', 'DepthwiseConv2dNative', ...FUSED_CONVOLUTIONS],
    applies: ({attrs}) => attrs.dataFormat === 'NCHW',
  },
  {
    reason: 'the WASM kernels add a bias of one value per output channel only',
    kernels: [...FUSED_CONVOLUTIONS, '_FusedMatMul'],
    applies: ({inputs, kernelName, attrs}) => !isPerChannel(inputs, kernelName, attrs),
  },
  {
    reason: 'the WASM kernels leave 1×1 windows, which XNNPACK refuses, uncomputed',
    kernels: ['AvgPool', 'MaxPool'],
    applies: ({attrs}) => [attrs.filterSize].flat().every(size => size === 1),
  },
  {
    reason: 'the WASM kernel makes a histogram per row',
    kernels: ['Bincount'],
    applies: ({inputs: {x}}) => x?.shape.length !== 1,
  },
  {
    reason: 'the WASM kernel does not see that the slice is out of bounds',
    kernels: ['Slice'],
    applies: ({inputs, attrs}) => isOutOfBounds(inputs, attrs as unknown as SliceAttrs),
  },
];

const rulesOf = new Map<string, readonly Rule[]>();

/** Why a kernel that WASM has runs on CPU all the same, or undefined if it need not. */
export function cpuReason(
  kernelName: string,
  inputs: NamedTensorInfoMap,
  attrs: NamedAttrMap,
): string | undefined {
  let rules = rulesOf.get(kernelName);
  if (rules === undefined) {
    rules = RULES.filter(({kernels}) => kernels?.includes(kernelName) ?? true);
    rulesOf.set(kernelName, rules);
  }
  const operands = Object.values(inputs).flat().filter(isThere);
  const call = {kernelName, inputs, operands, attrs};
  return rules.find(({applies}) => applies(call))?.reason;
}

function isThere(x: TensorInfo | null | undefined): x is TensorInfo {
  return x != null;
}

function isNumeric(dtype: unknown): boolean {
  return dtype !== 'string' && dtype !== 'complex64';
}

/** @returns whether the bias, if any, has shape [output channels] */
function isPerChannel({bias, filter, b}: Inputs, kernelName: string, attrs: NamedAttrMap): boolean {
  if (!isThere(bias)) return true;
  const channels = isThere(filter)
    ? outChannels(filter.shape, kernelName)
    : b?.shape.at(attrs.transposeB ? -2 : -1);
  return bias.shape.length === 1 && bias.shape[0] === channels;
}

/** @param filter HWIO, of a depthwise kernel HWIM */
function outChannels([, , inputs, outputs]: number[], kernelName: string): number {
  return kernelName === 'FusedDepthwiseConv2D' ? inputs * outputs : outputs;
}

function isOutOfBounds({x}: Inputs, {begin, size}: SliceAttrs): boolean {
  if (!isThere(x)) return false;
  const [first, count] = slice_util.parseSliceParams(x, begin, size);
  return x.shape.some((length, axis) => first[axis] + count[axis] > length);
}
