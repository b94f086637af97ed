/**
 * What the WASM kernels of tfjs 4.22 do wrong, refuse or leave unchecked, and the CPU kernels do right.
 * Found by running the op tests of tfjs-core on `wasm` (test/conformance), and by comparing the two
 * on random operands and attributes (test/backend/backend_delegate.test.ts).
 */
import type {NamedAttrMap, NamedTensorInfoMap, TensorInfo} from '@tensorflow/tfjs-core';
import {
  addsPerChannel,
  isNumeric,
  isOutOfBounds,
  repeatsOverLeadingAxes,
  skipsLastPixels,
  type Call,
} from './delegate_predicates.js';

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

const CONVOLUTIONS = ['Conv2D', 'DepthwiseConv2dNative'];
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
    kernels: [...CONVOLUTIONS, ...FUSED_CONVOLUTIONS, 'Conv2DBackpropInput'],
    applies: ({attrs}) => attrs.dataFormat === 'NCHW',
  },
  {
    reason: 'XNNPACK refuses SAME padding where the strides leave out the last pixels',
    kernels: [...CONVOLUTIONS, ...FUSED_CONVOLUTIONS],
    applies: skipsLastPixels,
  },
  {
    reason: 'the WASM kernels add a bias of one value per output channel only',
    kernels: [...FUSED_CONVOLUTIONS, '_FusedMatMul'],
    applies: call => !addsPerChannel(call),
  },
  {
    reason: 'the WASM kernel adds the bias to the first row only if an operand is transposed',
    kernels: ['_FusedMatMul'],
    applies: ({inputs: {bias}, attrs}) =>
      bias != null && Boolean(attrs.transposeA || attrs.transposeB),
  },
  {
    reason: 'XNNPACK repeats the slopes of a PReLU over the leading axes, and along no other',
    kernels: ['Prelu', ...FUSED_CONVOLUTIONS, '_FusedMatMul'],
    applies: call => !repeatsOverLeadingAxes(call),
  },
  {
    reason: 'XNNPACK ignores the padding of 1×1 windows, and leaves part of the result uncomputed',
    kernels: ['AvgPool', 'MaxPool'],
    applies: ({attrs: {filterSize, pad}}) =>
      pad !== 'same' && pad !== 'valid' && [filterSize].flat().every(size => size === 1),
  },
  {
    reason: 'the WASM kernel makes a histogram per row',
    kernels: ['Bincount'],
    applies: ({inputs: {x}}) => x?.shape.length !== 1,
  },
  {
    reason: 'the WASM kernel does not see that the slice is out of bounds',
    kernels: ['Slice'],
    applies: isOutOfBounds,
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
  const operands = Object.values(inputs)
    .flat()
    .filter((x: TensorInfo | null | undefined): x is TensorInfo => x != null);
  const call = {kernelName, inputs, operands, attrs};
  return rules.find(({applies}) => applies(call))?.reason;
}
