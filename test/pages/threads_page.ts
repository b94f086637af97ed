/** What a page, or a worker of a page, does in threads.test.ts. */
import * as tf from '@tensorflow/tfjs-core';
import {getThreads, quantize, setThreads} from '../../src/index.js';
import {Random} from '../backend/oracle/random.js';
import {smallMobileNet} from '../src/small_mobilenet.js';

export interface ThreadsRun {
  readonly isolated: boolean;
  readonly threads: number;
  readonly values: number[];
}

const SIZE = 96;

async function main(): Promise<ThreadsRun> {
  const model = await quantize(await smallMobileNet(SIZE));
  await tf.setBackend('int8');
  const random = new Random(1);
  const pixels = Float32Array.from({length: SIZE * SIZE * 3}, () => random.next());
  await setThreads(3);
  const y = model.predict(tf.tensor(pixels, [1, SIZE, SIZE, 3])) as tf.Tensor;
  const values = Array.from(await y.data());
  return {isolated: crossOriginIsolated, threads: getThreads(), values};
}

async function ofWorker(): Promise<ThreadsRun> {
  const worker = new Worker('/threads_page.js');
  return new Promise((resolve, reject) => {
    worker.onmessage = ({data}) => resolve(data as ThreadsRun);
    worker.onerror = event => reject(new Error(event.message));
  });
}

const isPage = 'document' in globalThis;
if (!isPage) void main().then(run => postMessage(run));
else if (location.pathname === '/worker.html') Object.assign(globalThis, {result: ofWorker()});
else Object.assign(globalThis, {result: main()});
