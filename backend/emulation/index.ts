import type {Tensor} from '@tensorflow/tfjs-core';
import type {Int8Attrs, Int8Op} from '../../src/ops.js';
import type {Operands} from './arithmetic.js';
import {add, mul, sub} from './binary.js';
import {conv2D, depthwiseConv2D, transposedConv2D} from './convolution.js';
import {dequantize} from './dequantize.js';
import {lookup} from './lookup.js';
import {matMul} from './matmul.js';
import {mean} from './mean.js';
import {avgPool, maxPool} from './pool.js';
import {prelu} from './prelu.js';
import {quantize} from './quantize.js';
import {resizeBilinear, resizeNearest} from './resize.js';
import {softmax} from './softmax.js';

/**
 * The int8 ops in float32 tfjs ops, for backends without int8 kernels: the same integer arithmetic
 * as far as float32 holds it, within ±1 step for the same operands. To be called inside a tidy.
 */
export const emulations: {
  readonly [op in Int8Op]: (operands: Operands, attrs: Int8Attrs[op]) => Tensor;
} = {
  Int8Quantize: quantize,
  Int8Dequantize: dequantize,
  Int8Lookup: lookup,
  Int8Conv2D: conv2D,
  Int8DepthwiseConv2D: depthwiseConv2D,
  Int8TransposedConv2D: transposedConv2D,
  Int8MatMul: matMul,
  Int8Add: add,
  Int8Sub: sub,
  Int8Mul: mul,
  Int8PRelu: prelu,
  Int8MaxPool: maxPool,
  Int8AvgPool: avgPool,
  Int8Mean: mean,
  Int8ResizeBilinear: resizeBilinear,
  Int8ResizeNearest: resizeNearest,
  Int8Softmax: softmax,
};
