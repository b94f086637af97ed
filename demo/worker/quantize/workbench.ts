import type {GraphModel} from '@tensorflow/tfjs-converter';
import type {Report} from '../../../src/index.js';
import {UserError} from '../../common/user_error.js';

/** A model that was opened to be quantized. */
export interface FloatEntry {
  readonly name: string;
  readonly model: GraphModel;
}

/** A quantized model, made here or opened. */
export interface Int8Entry extends FloatEntry {
  readonly report: Report;
}

let float: FloatEntry | undefined;
let int8: Int8Entry | undefined;

/** Puts another model on the bench; what was there is disposed of, with what was made of it. */
export function place(entry: {float: FloatEntry} | {int8: Int8Entry}): void {
  float?.model.dispose();
  placeResult(undefined);
  float = undefined;
  if ('float' in entry) float = entry.float;
  else int8 = entry.int8;
}

/** Puts what was made of the float model beside it, in place of what was made before. */
export function placeResult(entry: Int8Entry | undefined): void {
  int8?.model.dispose();
  int8 = entry;
}

/** The float model, where there is one: an INT8 model may be opened alone. */
export function floatEntry(): FloatEntry | undefined {
  return float;
}

/** @throws UserError where none is open */
export function neededFloat(): FloatEntry {
  if (float !== undefined) return float;
  throw new UserError('There is no model to work on', 'Choose a model first.');
}

/** @throws UserError where nothing was quantized yet */
export function neededInt8(): Int8Entry {
  if (int8 !== undefined) return int8;
  throw new UserError('There is no INT8 model yet', 'Quantize a model first.');
}
