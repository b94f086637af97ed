import * as tf from '@tensorflow/tfjs-core';

type Op = (x: tf.Tensor4D) => tf.TensorContainer;

const row = () => tf.tensor1d([3, -1, 2, 5], 'int32');
const flat = (x: tf.Tensor) => tf.reshape<tf.Rank.R1>(x, [-1]);
const matrix = (x: tf.Tensor) => tf.reshape<tf.Rank.R2>(x, [-1, 4]);
const unary =
  (name: string): Op =>
  x =>
    tf.engine().runKernel(name, {x});

/** Stock ops over an int32 tensor [2, 3, 4, 4], one or more for every kernel that takes integers. */
export const STOCK_OPS: Readonly<Record<string, Op>> = {
  abs: x => tf.abs(x),
  add: x => tf.add(x, row()),
  addFloat: x => tf.add(x, 0.5),
  addN: x => tf.addN([x, x, x]),
  all: x => tf.all(tf.cast(x, 'bool'), 1),
  any: x => tf.any(tf.cast(x, 'bool'), [1, 2]),
  argMax: x => tf.argMax(x, 2),
  argMin: x => tf.argMin(x, -1),
  avgPool: x => tf.avgPool(tf.cast(x, 'float32'), 2, 1, 'same'),
  batchToSpaceND: x =>
    tf.batchToSpaceND(
      x,
      [2, 1],
      [
        [0, 0],
        [0, 0],
      ],
    ),
  bincount: x => tf.bincount(flat(tf.abs(x)), tf.tensor1d([]), 4),
  bitwiseAnd: x => tf.bitwiseAnd(x, tf.fill(x.shape, 6, 'int32')),
  castBool: x => tf.cast(x, 'bool'),
  castFloat: x => tf.cast(x, 'float32'),
  clip: x => tf.clipByValue(x, -3, 90),
  clone: x => tf.clone(x),
  concat: x => tf.concat([x, x], 2),
  concat1: x => tf.concat([x, tf.onesLike(x), x], -1),
  cumprod: x => tf.cumprod(tf.sign(x), 1),
  cumsum: x => tf.cumsum(x, 2, true, true),
  denseBincount: x => tf.denseBincount(tf.abs(matrix(x)), tf.tensor2d([], [0, 0]), 9),
  div: x => tf.div(x, tf.scalar(3, 'int32')),
  divNoNan: x => tf.divNoNan(x, row()),
  einsum: x => tf.einsum('ij,kj->ik', tf.cast(matrix(x), 'float32'), tf.cast(matrix(x), 'float32')),
  equal: x => tf.equal(x, tf.scalar(4, 'int32')),
  erf: x => tf.erf(tf.cast(x, 'float32')),
  exp: x => tf.exp(x),
  expandDims: x => tf.expandDims(x, 1),
  fill: x => tf.fill(x.shape, 7, 'int32'),
  floorDiv: x => tf.floorDiv(x, tf.scalar(7, 'int32')),
  gather: x => tf.gather(x, tf.tensor1d([2, 0], 'int32'), 1),
  gatherByInt8: x => tf.gather(tf.range(0, 256), tf.slice(flat(tf.abs(x)), 1)),
  gatherND: x =>
    tf.gatherND(
      x,
      tf.tensor2d(
        [
          [0, 1],
          [1, 2],
        ],
        [2, 2],
        'int32',
      ),
    ),
  greater: x => tf.greater(x, row()),
  greaterEqual: x => tf.greaterEqual(x, row()),
  isNaN: x => tf.isNaN(x),
  isFinite: x => tf.isFinite(x),
  isInf: x => tf.isInf(x),
  leakyRelu: x => tf.leakyRelu(x, 0.25),
  less: x => tf.less(x, row()),
  lessEqual: x => tf.lessEqual(x, row()),
  log1p: x => tf.log1p(tf.abs(x)),
  logicalNot: x => tf.logicalNot(tf.cast(x, 'bool')),
  logicalAnd: x => tf.logicalAnd(tf.cast(x, 'bool'), tf.less(x, row())),
  matMul: x => tf.matMul(matrix(x), matrix(x), false, true),
  max: x => tf.max(x, [1, 2]),
  maxAll: x => tf.max(x),
  maxPool: x => tf.maxPool(x, 3, 2, 'same'),
  maximum: x => tf.maximum(x, row()),
  mean: x => tf.mean(x, [1, 2], true),
  min: x => tf.min(x, 3),
  minimum: x => tf.minimum(x, row()),
  mirrorPad: x =>
    tf.mirrorPad(
      x,
      [
        [0, 0],
        [1, 1],
        [2, 1],
        [0, 0],
      ],
      'reflect',
    ),
  mod: x => tf.mod(x, tf.scalar(7, 'int32')),
  mul: x => tf.mul(x, row()),
  mulFloat: x => tf.mul(x, tf.scalar(0.5)),
  neg: x => tf.neg(x),
  notEqual: x => tf.notEqual(x, row()),
  oneHot: x => tf.oneHot(tf.abs(matrix(x)), 5),
  onesLike: x => tf.onesLike(x),
  pack: x => tf.stack([x, x], 2),
  pad: x =>
    tf.pad(
      x,
      [
        [0, 0],
        [1, 2],
        [0, 1],
        [0, 0],
      ],
      -7,
    ),
  pow: x => tf.pow(x, tf.scalar(2, 'int32')),
  prelu: x => tf.prelu<tf.Tensor>(x, tf.tensor1d([0.5, 2, 0.25, 3])),
  prod: x => tf.prod(tf.sign(x), 3),
  realDiv: x => tf.div(tf.cast(x, 'float32'), row()),
  reciprocal: x => tf.reciprocal(x),
  relu: x => tf.relu(x),
  relu6: x => tf.relu6(x),
  reshape: x => tf.reshape(x, [4, -1]),
  resizeBilinear: x => tf.image.resizeBilinear(x, [6, 8]),
  resizeNearest: x => tf.image.resizeNearestNeighbor(x, [5, 7]),
  reverse: x => tf.reverse(x, [1, 3]),
  round: x => tf.round(x),
  rsqrt: x => tf.rsqrt(tf.cast(tf.abs(x), 'float32')),
  scatterND: x =>
    tf.scatterND(tf.tensor2d([[4], [1]], [2, 1], 'int32'), tf.slice(matrix(x), 0, 2), [6, 4]),
  select: x => tf.where(tf.greater(x, 0), x, tf.zerosLike(x)),
  sign: x => tf.sign(x),
  slice: x => tf.slice(x, [0, 1, 1, 0], [2, 2, -1, 3]),
  softmax: x => tf.softmax(tf.cast(x, 'float32')),
  spaceToBatchND: x =>
    tf.spaceToBatchND(
      x,
      [1, 2],
      [
        [1, 0],
        [0, 0],
      ],
    ),
  split: x => tf.split(x, [1, 2], 1),
  square: x => tf.square(x),
  squaredDifference: x => tf.squaredDifference(x, row()),
  squeeze: x => tf.squeeze(tf.slice(x, [0, 0, 0, 0], [1, 3, 1, 4])),
  step: x => tf.step(x),
  stridedSlice: x => tf.stridedSlice(x, [0, 2, 0, 3], [2, 0, 4, 0], [1, -1, 2, -2]),
  sub: x => tf.sub(x, row()),
  sum: x => tf.sum(x, [1, 3]),
  tensorScatterUpdate: x =>
    tf.tensorScatterUpdate(
      matrix(x),
      tf.tensor2d([[2]], [1, 1], 'int32'),
      tf.tensor2d([[1, 2, 3, 4]], [1, 4], 'int32'),
    ),
  tile: x => tf.tile(x, [1, 2, 1, 3]),
  topk: x => tf.topk(x, 2).values,
  topkIndices: x => tf.topk(x, 2).indices,
  transpose: x => tf.transpose(x, [0, 3, 1, 2]),
  transposeFlat: x => tf.transpose(matrix(x)),
  depthToSpace: x =>
    tf.engine().runKernel(
      'DepthToSpace',
      {x},
      {
        blockSize: 2,
        dataFormat: 'NHWC',
      },
    ),
  unique: x => tf.unique(flat(x)).values,
  unstack: x => tf.unstack(x, 1),
  zerosLike: x => tf.zerosLike(x),
  ...Object.fromEntries(
    'Acos Acosh Asin Asinh Atan Atanh Ceil Cos Cosh Elu Erf Expm1 Floor Log Log1p Relu6 Rsqrt Selu Sigmoid Sin Sinh Softplus Sqrt Tan Tanh'
      .split(' ')
      .map(name => [name, unary(name)]),
  ),
};
