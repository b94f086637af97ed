// argv: folder. float/model.json in it becomes int8/; prints what both models say.
import * as tf from '@tensorflow/tfjs-core';
import {loadGraphModel} from '@tensorflow/tfjs-converter';
import * as dfq from 'tfjs-dfq';
import {sampleInput} from './sample_input.mjs';

const folder = process.argv[2];
const model = await loadGraphModel(`file://${folder}/float/model.json`);
const x = sampleInput(tf);
const float = Array.from(await model.predict(x).data());

const quantized = await dfq.quantize(model);
const report = quantized.report.toString();
await tf.setBackend('int8');
const int8 = Array.from(await quantized.predict(x).data());
await quantized.save(`file://${folder}/int8`);

console.log(JSON.stringify({float, int8, report, backend: tf.getBackend()}));
