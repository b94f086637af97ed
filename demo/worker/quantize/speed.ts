import type {Call} from '../../common/rpc.js';
import {type Runtime, runtime} from '../runtime.js';
import {type InputOptions, ModelInputs} from './inputs.js';
import {median, Runner} from './runs.js';
import {inWords} from './words.js';
import {floatEntry, neededInt8} from './workbench.js';

/** Milliseconds of one prediction. */
export interface Timing {
  readonly median: number;
  readonly least: number;
}

export interface Speed {
  /** Absent where the INT8 model was opened alone. */
  readonly float?: Timing;
  readonly int8: Timing;
  readonly rounds: number;
  readonly threads: Runtime['threads'];
}

/** Runs before those that count: weights are packed, kernels compiled. */
const WARM_UP = 2;
const ROUNDS = 40;
/** No more rounds after this. */
const PATIENCE_MS = 6000;

const REMEDY = 'The model is quantized all the same: save it, or try it on an image.';

/** Times the float model on `wasm` and the INT8 one on `int8`, in turn, on generated inputs. */
async function measureSpeed(options: InputOptions, call: Call): Promise<Speed> {
  return inWords(async () => {
    const runners = await startAll(options);
    try {
      const times = await timesOf(runners, call);
      const [int8, float] = times.map(own => ({median: median(own), least: Math.min(...own)}));
      return {float, int8, rounds: times[0].length, threads: (await runtime()).threads};
    } finally {
      for (const runner of runners) runner.end();
    }
  }, REMEDY);
}

/** The INT8 model's, and the float model's where there is one. */
async function startAll(options: InputOptions): Promise<Runner[]> {
  const int8 = neededInt8().model;
  const float = floatEntry()?.model;
  const inputs = await ModelInputs.of(float ?? int8);
  const make = () => inputs.tensors(options, 0);
  const runners = [await Runner.start(int8, 'int8', make)];
  if (float !== undefined) runners.push(await Runner.start(float, 'wasm', make));
  return runners;
}

async function timesOf(runners: readonly Runner[], {signal, onProgress}: Call) {
  const times: number[][] = runners.map(() => []);
  const end = performance.now() + PATIENCE_MS;
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    for (const [i, runner] of runners.entries()) {
      signal.throwIfAborted();
      const {milliseconds} = await runner.run();
      if (round >= 0) times[i].push(milliseconds);
    }
    await new Promise(resolve => setTimeout(resolve)); // lets a cancelling page be heard
    onProgress({step: 'Measuring speed', done: Math.max(round + 1, 0) / ROUNDS});
    if (round >= 0 && performance.now() > end) break;
  }
  return times;
}

export const speedOperations = {measureSpeed};
