import {UserError} from '../../common/user_error.js';
import {decodeImage, type Pixels} from '../images.js';
import {type InputOptions, ModelInputs} from './inputs.js';
import {compared, type OutputPair} from './output_pairs.js';
import {median, type Run, Runner} from './runs.js';
import {inWords} from './words.js';
import {floatEntry, neededInt8} from './workbench.js';

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
    const runners = [await Runner.start(int8, 'int8', make)];
    if (float !== undefined) runners.push(await Runner.start(float, 'wasm', make));
    const [ours, theirs] = await runInTurn(runners);
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

/** In turn, so that what else the machine does slows all of them. */
async function runInTurn(runners: readonly Runner[]): Promise<[int8: Run, float?: Run]> {
  try {
    const runs: Run[][] = runners.map(() => []);
    for (let round = 0; round <= RUNS; round++) {
      for (const [i, runner] of runners.entries()) runs[i].push(await runner.run());
    }
    const [int8, float] = runs.map(([{outputs}, ...timed]) => ({
      outputs,
      milliseconds: median(timed.map(({milliseconds}) => milliseconds)),
    }));
    return [int8, float];
  } finally {
    for (const runner of runners) runner.end();
  }
}

export const trialOperations = {tryModel};
