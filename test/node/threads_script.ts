/** A program as users write them: predicts on several threads, rests, and ends. Prints threads, and its CPU seconds at rest. */
import * as tf from '@tensorflow/tfjs-core';
import {getThreads, quantize, setThreads} from '../../node/index.js';
import {smallMobileNet} from '../src/small_mobilenet.js';

const REST_MS = 600;

async function main(): Promise<void> {
  tf.env().set('PROD', true);
  const model = await quantize(await smallMobileNet(96));
  await tf.setBackend('int8');
  await setThreads(3);
  const y = model.predict(tf.zeros([1, 96, 96, 3])) as tf.Tensor;
  await y.data();
  await new Promise(resolve => setTimeout(resolve, REST_MS)); // compilers come to rest, too
  const before = process.cpuUsage();
  await new Promise(resolve => setTimeout(resolve, REST_MS));
  const {user, system} = process.cpuUsage(before);
  console.log(JSON.stringify({threads: getThreads(), share: (user + system) / 1000 / REST_MS}));
}

void main();
