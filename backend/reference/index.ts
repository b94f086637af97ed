import type {Block, Microkernels} from '../microkernels.js';
import {add} from './add.js';
import {avgPool} from './avg_pool.js';
import {conv2D} from './conv2d.js';
import {copy} from './copy.js';
import {depthwiseConv2D} from './depthwise_conv2d.js';
import {dequantize} from './dequantize.js';
import {HeapMemory} from './heap_memory.js';
import {lookup} from './lookup.js';
import {matMul} from './matmul.js';
import {maximum} from './maximum.js';
import {maxPool} from './max_pool.js';
import {mean} from './mean.js';
import {minimum} from './minimum.js';
import {mul} from './mul.js';
import {
  filterValues,
  packConv2D,
  packDepthwise,
  packTransposedConv2D,
  ReferenceSlopes,
  stageOf,
  unpack,
} from './packed_filter.js';
import {prelu} from './prelu.js';
import {quantize} from './quantize.js';
import {resize} from './resize.js';
import {softmax} from './softmax.js';
import {transposedConv2D} from './transposed_conv2d.js';

/**
 * The int8 arithmetic in scalar TypeScript: the definition that every other implementation equals
 * bit for bit. Each call makes an implementation with a memory of its own.
 */
export function reference(): Microkernels {
  const memory = new HeapMemory();
  const view = (block: Block) => memory.view(block);
  return {
    name: 'reference',
    memory,
    quantize: (_, stage) => (x, y) => quantize(x, view(y), stage),
    dequantize: (_, params) => (x, y) => dequantize(view(x), y, params),
    lookup: () => (x, table, y) => lookup(view(x), view(table), view(y)),
    copy: plan => (x, y) => copy(view(x), view(y), plan),
    packConv2D,
    packDepthwise,
    packTransposedConv2D,
    packPRelu: stage => new ReferenceSlopes(stage),
    filterValues: filter => filterValues(unpack(filter)),
    freeFilter: filter => void (filter instanceof ReferenceSlopes || unpack(filter)),
    conv2D: (filter, geometry) => (x, y) => conv2D(view(x), unpack(filter), view(y), geometry),
    depthwiseConv2D: (filter, geometry) => (x, y) =>
      depthwiseConv2D(view(x), unpack(filter), view(y), geometry),
    transposedConv2D: (filter, geometry) => (x, y) =>
      transposedConv2D(view(x), unpack(filter), view(y), geometry),
    matMul: (filter, rows) => (x, y) => matMul(view(x), unpack(filter), view(y), rows),
    add: (plan, operands) => (a, b, y) => add(view(a), view(b), view(y), plan, operands),
    mul: (plan, aZeroPoint, bZeroPoint, stage) => (a, b, y) =>
      mul(view(a), view(b), view(y), plan, aZeroPoint, bZeroPoint, stage),
    maximum: plan => (a, b, y) => maximum(view(a), view(b), view(y), plan),
    minimum: plan => (a, b, y) => minimum(view(a), view(b), view(y), plan),
    prelu: (slopes, rows, xZeroPoint) => (x, y) =>
      prelu(view(x), view(y), rows, xZeroPoint, stageOf(slopes)),
    maxPool: geometry => (x, y) => maxPool(view(x), view(y), geometry),
    avgPool: (geometry, xZeroPoint, stages) => (x, y) =>
      avgPool(view(x), view(y), geometry, xZeroPoint, stages),
    mean: (sizes, xZeroPoint, stage) => (x, y) => mean(view(x), view(y), sizes, xZeroPoint, stage),
    resize: (sizes, rows, columns) => (x, y) => resize(view(x), view(y), sizes, rows, columns),
    softmax: (rows, channels, exponentials, stage) => (x, y) =>
      softmax(view(x), view(y), rows, channels, exponentials, stage),
  };
}
