import type {Block, Microkernels} from '../microkernels.js';
import {add} from './add.js';
import {avgPool} from './avg_pool.js';
import {conv2D} from './conv2d.js';
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
import {packConv2D, packDepthwise, unpack} from './packed_filter.js';
import {prelu} from './prelu.js';
import {quantize} from './quantize.js';
import {resize} from './resize.js';
import {softmax} from './softmax.js';

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
    quantize: (x, y, stage) => quantize(x, view(y), stage),
    dequantize: (x, y, params) => dequantize(view(x), y, params),
    lookup: (x, table, y) => lookup(view(x), view(table), view(y)),
    packConv2D,
    packDepthwise,
    freeFilter: unpack,
    conv2D: (x, filter, y, geometry) => conv2D(view(x), unpack(filter), view(y), geometry),
    depthwiseConv2D: (x, filter, y, geometry) =>
      depthwiseConv2D(view(x), unpack(filter), view(y), geometry),
    matMul: (x, filter, y, rows) => matMul(view(x), unpack(filter), view(y), rows),
    add: (a, b, y, plan, operands) => add(view(a), view(b), view(y), plan, operands),
    mul: (a, b, y, plan, aZeroPoint, bZeroPoint, stage) =>
      mul(view(a), view(b), view(y), plan, aZeroPoint, bZeroPoint, stage),
    maximum: (a, b, y, plan) => maximum(view(a), view(b), view(y), plan),
    minimum: (a, b, y, plan) => minimum(view(a), view(b), view(y), plan),
    prelu: (x, y, rows, xZeroPoint, stage) => prelu(view(x), view(y), rows, xZeroPoint, stage),
    maxPool: (x, y, geometry) => maxPool(view(x), view(y), geometry),
    avgPool: (x, y, geometry, xZeroPoint, stages) =>
      avgPool(view(x), view(y), geometry, xZeroPoint, stages),
    mean: (x, y, sizes, xZeroPoint, stage) => mean(view(x), view(y), sizes, xZeroPoint, stage),
    resize: (x, y, sizes, rows, columns) => resize(view(x), view(y), sizes, rows, columns),
    softmax: (x, y, rows, channels, exponentials, stage) =>
      softmax(view(x), view(y), rows, channels, exponentials, stage),
  };
}
