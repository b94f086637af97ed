import type {GraphModel} from '@tensorflow/tfjs-converter';
import {exportModel} from '../../src/graph/export_model.js';
import {graphOf} from './fixtures.js';

const BN = (name: string, x: string, channels: number) => `
  ${name} = FusedBatchNormV3(${x}, ~${channels}(0.5,1.5), ~${channels}(0,1), ~${channels}, ~${channels}(2,4)) epsilon=0.001`;

const window = (stride: number) =>
  `strides=[1 ${stride} ${stride} 1] dilations=[1 1 1 1] padding=SAME data_format=NHWC`;

/** Convolution, an inverted residual with its sum, and a classifier of 5; like MobileNetV2 in small. */
const NETWORK = `
  x = Placeholder()
  c1 = Conv2D(x, ~3x3x3x16) ${window(2)}
  ${BN('n1', 'c1', 16)}
  r1 = Relu6(n1)
  c2 = Conv2D(r1, ~1x1x16x32) ${window(1)}
  ${BN('n2', 'c2', 32)}
  r2 = Relu6(n2)
  d3 = DepthwiseConv2dNative(r2, ~3x3x32x1) ${window(1)}
  ${BN('n3', 'd3', 32)}
  r3 = Relu6(n3)
  c4 = Conv2D(r3, ~1x1x32x16) ${window(1)}
  ${BN('n4', 'c4', 16)}
  s = AddV2(r1, n4)
  c5 = Conv2D(s, ~1x1x16x64) ${window(1)}
  ${BN('n5', 'c5', 64)}
  r5 = Relu6(n5)
  m = Mean(r5, i32<2: 1 2>) keep_dims=false
  f = MatMul(m, ~64x5)
  b = BiasAdd(f, ~5)
  y = Softmax(b)
  return y`;

/** @param size height and width; −1 leaves them open */
export async function smallMobileNet(size = 16): Promise<GraphModel> {
  return exportModel(graphOf(NETWORK, {x: [-1, size, size, 3]}));
}
