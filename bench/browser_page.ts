/** What runs in the page of `npm run bench -- --browser`; bundled by browser.ts. */
import {env} from '@tensorflow/tfjs-core';
import '../backend/index.js';
import {hasExactDot} from '../backend/simd_binary.js';
import * as web from 'onnxruntime-web/wasm';
import {ceilingOf} from './microkernels/ceiling_loop.js';
import {ceilingPeer} from './peers/ceiling.js';
import {onnxruntime} from './peers/onnxruntime.js';
import type {BenchModel} from './peers/peer.js';
import {CPU, OURS, WASM} from './peers/tfjs.js';
import {type Limits, timeInTurn} from './rounds.js';
import type {Answer} from './task.js';

async function readUrl(url: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Times the peers on one model; called from outside. */
async function timeModel(name: string, threads: number, limits: Limits): Promise<Answer> {
  env().set('PROD', true);
  web.env.wasm.numThreads = threads;
  web.env.wasm.wasmPaths = new URL('/onnxruntime/', location.href).href;
  const read = (file: string) => readUrl(`/models/${name}/${file}`);
  const facts = JSON.parse(new TextDecoder().decode(await read('facts.json'))) as Pick<
    BenchModel,
    'inputShape' | 'macs'
  >;
  const peers = [
    OURS,
    WASM,
    onnxruntime('onnxruntime-web', web, 'int8', 'wasm'),
    onnxruntime('onnxruntime-web', web, 'float', 'wasm'),
    ...(threads === 1 ? [CPU] : []),
    ceilingPeer(await ceilingOf(await readUrl(hasExactDot() ? '/relaxed.wasm' : '/plain.wasm'))),
  ];
  const tell = (line: string) => console.log(line);
  const timings = await timeInTurn(peers, {name, read, ...facts}, threads, limits, tell);
  return {model: name, macs: facts.macs, asked: threads, timings};
}

Object.assign(globalThis, {timeModel});
