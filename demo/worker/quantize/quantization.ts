import {dispose, type NamedTensorMap} from '@tensorflow/tfjs-core';
import * as dfq from '../../../src/index.js';
import type {Call} from '../../common/rpc.js';
import {UserError} from '../../common/user_error.js';
import {useBackend} from '../backend.js';
import {decodeImage} from '../images.js';
import {type InputOptions, ModelInputs} from './inputs.js';
import {inWords} from './words.js';
import {neededFloat, placeResult} from './workbench.js';

/** The options that a page can give: data. */
export interface PageOptions
  extends
    Omit<dfq.QuantizeOptions, 'calibration' | 'examples' | 'onProgress' | 'signal'>,
    InputOptions {}

const REMEDY =
  'Choose other options, or keep the layer that is named float; if it happens again, please report it.';

/** What the model is made of, and what quantize would do to each node. */
async function inspectModel(options: PageOptions, call: Call): Promise<dfq.Inspection> {
  const {model} = neededFloat();
  await useBackend('wasm');
  return withExamples(await ModelInputs.of(model), options, library =>
    dfq.inspect(model, {...library, ...control(call)}),
  );
}

export interface QuantizeRequest {
  readonly options: PageOptions;
  /** Images to take statistics of. */
  readonly images: readonly Blob[];
}

/** What became of the model. */
export interface Quantized {
  readonly report: dfq.ReportJson;
  readonly milliseconds: number;
}

/** Quantizes the open model. The result takes the place of an earlier one when it is done. */
async function quantizeModel({options, images}: QuantizeRequest, call: Call): Promise<Quantized> {
  const {name, model} = neededFloat();
  await useBackend('wasm');
  const inputs = await ModelInputs.of(model);
  const calibration = images.length > 0 ? calibrationOf(inputs, options, images) : undefined;
  const start = performance.now();
  const int8 = await withExamples(inputs, options, library =>
    dfq.quantize(model, {...library, calibration, ...control(call)}),
  );
  placeResult({name: `${name}-int8`, model: int8, report: int8.report});
  return {report: int8.report.toJSON(), milliseconds: performance.now() - start};
}

/** Gives work the options of the library. */
async function withExamples<T>(
  inputs: ModelInputs,
  {fills, ...options}: PageOptions,
  work: (library: dfq.QuantizeOptions) => Promise<T>,
): Promise<T> {
  const examples = inputs.examples({fills});
  try {
    return await inWords(() => work({...options, examples}), REMEDY);
  } finally {
    dispose(examples);
  }
}

/** Ties the library's progress and cancelling to the call's. */
function control({signal, onProgress}: Call) {
  return {
    signal,
    onProgress: ({step, done, total}: dfq.Progress) => onProgress({step, done: done / total}),
  };
}

/** Every walk decodes the images anew. */
function calibrationOf(
  inputs: ModelInputs,
  options: PageOptions,
  images: readonly Blob[],
): AsyncIterable<NamedTensorMap> {
  const size = inputs.picture(options);
  if (size === undefined) {
    throw new UserError(
      'The model takes no picture, or several: images cannot calibrate it',
      'Take the images away, or say in the options which input is an image.',
    );
  }
  return {
    async *[Symbol.asyncIterator]() {
      for (const [index, image] of images.entries()) {
        const pixels = await decodeImage({image, ...size});
        const tensors = inputs.tensors(options, index, pixels);
        yield tensors;
        dispose(tensors);
      }
    },
  };
}

export const quantizationOperations = {inspectModel, quantizeModel};
