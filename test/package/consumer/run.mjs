// argv: folder. An app that only runs a converted model.
import * as tf from '@tensorflow/tfjs-core';
import {loadGraphModel} from '@tensorflow/tfjs-converter';
import 'tfjs-dfq/backend';
import {sampleInput} from './sample_input.mjs';

await tf.setBackend('int8');
const model = await loadGraphModel(`file://${process.argv[2]}/int8/model.json`);
const int8 = Array.from(await model.predict(sampleInput(tf)).data());
console.log(JSON.stringify({int8}));
