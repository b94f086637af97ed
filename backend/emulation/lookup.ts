import type {Tensor} from '@tensorflow/tfjs-core';
import {lookUp, toInt8, type Operands} from './arithmetic.js';

export function lookup({x, table}: Operands): Tensor {
  return toInt8(lookUp(table, x, 128));
}
