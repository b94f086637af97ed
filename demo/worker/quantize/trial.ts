import {UserError} from '../../common/user_error.js';
import {decodeImage, type Pixels} from '../images.js';
import {type InputOptions, ModelInputs} from './inputs.js';
import {compared, type OutputPair} from './output_pairs.js';
import {median, type Output, Runner} from './runs.js';
import {inWords} from './words.js';
import {floatEntry, neededInt8} from './workbench.js';
import type {GraphModel} from '@tensorflow/tfjs-converter';
import type {NamedTensorMap} from '@tensorflow/tfjs-core';
import type {Backend} from '../backend.js';

export interface TrialRequest {
  readonly options: InputOptions;
  /** What to feed: an image, or the number of generated inputs. */
  readonly input: Blob | number;
}

/** Both models on one input. */
export interface Trial {
  /** What the model saw. */
  readonly picture?: Pixels;
  readonly outputs: readonly OutputPair[];
  /** Medians of a few runs. */
  readonly milliseconds: {readonly float?: number; readonly int8: number};
}

const RUNS = 7;

/** Feeds one input to the INT8 model and, where there is one, to the float model. */
async function tryModel({options, input}: TrialRequest): Promise<Trial> {
  const int8 = neededInt8().model;
  const float = floatEntry()?.model;
  return inWords(async () => {
    const inputs = await ModelInputs.of(float ?? int8);
    const picture = input instanceof Blob ? await pictureFor(inputs, options, input) : undefined;
    const index = typeof input === 'number' ? input : 0;
    const make = () => inputs.tensors(options, index, picture);
    const ours = await runSome(int8, 'int8', make);
    const theirs = float && (await runSome(float, 'wasm', make));
    return {
      picture,
      outputs: compared(ours.outputs, theirs?.outputs),
      milliseconds: {int8: ours.milliseconds, float: theirs?.milliseconds},
    };
  }, 'Try another input.');
}

async function pictureFor(
  inputs: ModelInputs,
  options: InputOptions,
  image: Blob,
): Promise<Pixels> {
  const size = inputs.picture(options);
  if (size !== undefined) return decodeImage({image, ...size});
  throw new UserError('The model takes no picture, or several', 'Try it on generated inputs.');
}

async function runSome(
  model: GraphModel,
  backend: Backend,
  make: () => NamedTensorMap,
): Promise<{outputs: Output[]; milliseconds: number}> {
  const runner = await Runner.start(model, backend, make);
  try {
    const {outputs} = await runner.run();
    const times: number[] = [];
    for (let run = 0; run < RUNS; run++) times.push((await runner.run()).milliseconds);
    return {outputs, milliseconds: median(times)};
  } finally {
    runner.end();
  }
}

export const trialOperations = {tryModel};
