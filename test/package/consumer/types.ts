// Compiled by a consumer's tsc against the declarations in the package.
import * as tf from '@tensorflow/tfjs-core';
import {loadGraphModel, type GraphModel} from '@tensorflow/tfjs-converter';
import * as dfq from 'tfjs-dfq';
import 'tfjs-dfq/backend';

export async function main(): Promise<string> {
  const model: GraphModel = await loadGraphModel('model.json');
  const options: dfq.QuantizeOptions = {
    bits: 8,
    perChannel: false,
    passes: {'correct-bias': false},
  };
  const quantized = await dfq.quantize(model, options);
  const asModel: GraphModel = quantized;
  const y = asModel.predict(tf.zeros([1, 16, 16, 3]));
  tf.dispose(y);
  // @ts-expect-error: not a model
  await dfq.quantize(42);
  // @ts-expect-error: not an option
  await dfq.quantize(model, {bitz: 8});
  return quantized.report.toString();
}
