// argv: folder. models/float in it becomes models/int8; prints what that says.
import * as tf from '@tensorflow/tfjs-core';
import {loadGraphModel} from '@tensorflow/tfjs-converter';
import * as dfq from 'tfjs-dfq';
import {sampleImage} from './sample_image.js';

const models = `file://${process.argv[2]}/models`;
const quantized = await dfq.quantize(await loadGraphModel(`${models}/float/model.json`));
await quantized.save(`${models}/int8`);
await tf.setBackend('int8');
const output = Array.from(await quantized.predict(sampleImage(tf)).data());
console.log(JSON.stringify({backend: tf.getBackend(), output}));
