import {availableParallelism} from 'node:os';
import {Worker} from 'node:worker_threads';
import type {ThreadHost} from '../backend/threads/thread_host.js';

/** Hands `workerData` to the program, and says when that works. */
const MAIN = `
const {parentPort, workerData} = require('node:worker_threads');
thread.serve(workerData, () => parentPort.postMessage(0));`;

/** Threads of Node. Options of the process, such as loaders and profilers, are none of theirs. */
export const nodeThreadHost: ThreadHost = {
  cores: availableParallelism(),
  start(source, start, {ready, failed}) {
    const worker = new Worker(source + MAIN, {
      eval: true,
      workerData: start,
      name: 'tfjs-dfq',
      execArgv: [],
      env: {},
    });
    worker.once('message', ready);
    worker.on('error', () => undefined); // 'exit' follows
    worker.once('exit', failed);
    worker.unref();
    return {end: () => void worker.terminate()};
  },
};
