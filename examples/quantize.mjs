// Loads a float model, quantizes it, prints the report, saves the result, and runs what was saved.
//
//   node examples/quantize.mjs [folder of the float model] [folder for the INT8 model]
import {resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {loadGraphModel} from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import * as dfq from 'tfjs-dfq';

const here = path => fileURLToPath(new URL(path, import.meta.url));
const [source = here('../models/pictograms'), target = here('../build/examples/int8')] =
  process.argv.slice(2);

await tf.setBackend('int8');
const model = await loadGraphModel(`file://${resolve(source, 'model.json')}`);
const quantized = await dfq.quantize(model);
console.log(quantized.report.toString());

await quantized.save(`file://${resolve(target)}`);
const loaded = await loadGraphModel(`file://${resolve(target, 'model.json')}`);

// One input of the size that the model declares; open sizes become 1.
const shape = model.inputs[0].shape.map(size => Math.max(size, 1));
const x = tf.randomUniform(shape, -1, 1, 'float32', 1);
const [float, int8] = [model.predict(x), loaded.predict(x)];
const error = tf.max(tf.abs(tf.sub(float, int8)));
const span = tf.sub(tf.max(float), tf.min(float));
console.log(`\nsaved in ${target}`);
console.log(
  `float outputs span ${span.arraySync().toFixed(3)}, INT8 is off by ${error.arraySync().toFixed(3)} at most`,
);

tf.dispose([x, float, int8, error, span]);
for (const each of [model, quantized, loaded]) each.dispose();
