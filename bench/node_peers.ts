/** Times the peers of Node on prepared models, in a process of its own, because some take their threads but once. */
import * as web from 'onnxruntime-web';
import {env} from '@tensorflow/tfjs-core';
import '../node/backend.js';
import {hasExactDot} from '../backend/simd_binary.js';
import {dotCeiling} from './microkernels/ceiling.js';
import {ceilingPeer} from './peers/ceiling.js';
import {onnxruntime, type OnnxRuntime} from './peers/onnxruntime.js';
import type {Peer} from './peers/peer.js';
import {CPU, OURS, WASM} from './peers/tfjs.js';
import {prepared} from './prepare.js';
import {timeInTurn} from './rounds.js';
import type {Answer, Task} from './task.js';

async function nodePeers(threads: number): Promise<Peer[]> {
  web.env.wasm.numThreads = threads;
  const native = await nativeRuntime();
  return [
    OURS,
    WASM,
    onnxruntime('onnxruntime-web', web, 'int8', 'wasm'),
    onnxruntime('onnxruntime-web', web, 'float', 'wasm'),
    ...(native === undefined
      ? []
      : [
          onnxruntime('onnxruntime-node', native, 'int8', 'cpu'),
          onnxruntime('onnxruntime-node', native, 'float', 'cpu'),
        ]),
    ...(threads === 1 ? [CPU] : []),
    ceilingPeer(await dotCeiling(hasExactDot())),
  ];
}

/** It is installed apart, in bench/; undefined where it is not. */
async function nativeRuntime(): Promise<OnnxRuntime | undefined> {
  const name = 'onnxruntime-node';
  try {
    // Loaders differ in what they make of a CommonJS module.
    const loaded = (await import(name)) as OnnxRuntime & {default?: OnnxRuntime};
    return loaded.default ?? loaded;
  } catch (error) {
    if ((error as {code?: string}).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

async function main({models, threads, limits}: Task): Promise<void> {
  env().set('PROD', true);
  const peers = await nodePeers(threads);
  for (const {name, folder} of models) {
    const model = await prepared(name, folder);
    const timings = await timeInTurn(peers, model, threads, limits, line => console.error(line));
    const answer: Answer = {model: name, macs: model.macs, asked: threads, timings};
    process.send?.(answer);
  }
}

process.once('message', (task: Task) => {
  main(task).then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
