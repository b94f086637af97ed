import {type DataType, type NamedTensorMap, Tensor, tensor} from '@tensorflow/tfjs-core';
import {DfqError} from '../graph/dfq_error.js';
import type {Graph} from '../graph/graph.js';
import {type InputSpec, inputSpecs} from './model_inputs.js';

/** What the model is fed at once: the tensor of its one input, its inputs in order, or all by name. */
export type CalibrationSample = Tensor | readonly Tensor[] | NamedTensorMap;

/**
 * Representative inputs of a model, preprocessed as the model takes them, in batches of any size. They are
 * walked through once; the tensors stay the caller's, who disposes them.
 */
export type CalibrationData = Iterable<CalibrationSample> | AsyncIterable<CalibrationSample>;

/**
 * The samples, each as a function that makes tensors of it on the backend that is current then. Values are
 * read on the caller's backend, so that no tensor of the caller's moves.
 *
 * @throws DfqError for a sample that does not fit the model's inputs, and where there is none at all
 */
export async function* calibrationInputs(
  graph: Graph,
  data: CalibrationData,
): AsyncGenerator<() => NamedTensorMap> {
  const specs = inputSpecs(graph);
  let count = 0;
  for await (const sample of data) {
    const where = `calibration sample ${count}`;
    const given = byInput(specs, sample, where);
    const read = await Promise.all(
      specs.map(async spec => [spec.name, await valuesOf(given, spec, where)] as const),
    );
    yield () =>
      Object.fromEntries(
        read.map(([name, {values, shape, dtype}]) => [name, tensor(values, shape, dtype)]),
      );
    count++;
  }
  if (count === 0) {
    throw new DfqError(
      'calibration has no samples; a generator serves one quantization, an array any number',
    );
  }
}

function byInput(
  specs: readonly InputSpec[],
  sample: CalibrationSample,
  where: string,
): Readonly<Record<string, Tensor | undefined>> {
  const list = sample instanceof Tensor ? [sample] : sample;
  if (!Array.isArray(list)) return withoutIndices(list as NamedTensorMap, specs, where);
  if (list.length !== specs.length) {
    throw new DfqError(
      `${where} has ${list.length} tensors; the model has ${specs.length} inputs, ${namesOf(specs)}`,
    );
  }
  return Object.fromEntries(specs.map(({name}, i) => [name, list[i] as Tensor]));
}

/** 'x:0' is 'x'. */
function withoutIndices(sample: NamedTensorMap, specs: readonly InputSpec[], where: string) {
  const entries = Object.entries(sample).map(([key, value]) => [key.split(':')[0], value] as const);
  const unknown = entries.find(([key]) => !specs.some(({name}) => name === key));
  if (unknown === undefined) return Object.fromEntries(entries);
  throw new DfqError(
    `${where}: the model has no input '${unknown[0]}'; its inputs are ${namesOf(specs)}`,
  );
}

function namesOf(specs: readonly InputSpec[]): string {
  return specs.map(({name}) => `'${name}'`).join(', ');
}

interface Values {
  readonly values: Float32Array | Int32Array | Uint8Array;
  readonly shape: number[];
  readonly dtype: DataType;
}

async function valuesOf(
  given: Readonly<Record<string, Tensor | undefined>>,
  {name, shape: declared, dtype}: InputSpec,
  where: string,
): Promise<Values> {
  const own = given[name];
  if (!(own instanceof Tensor)) throw new DfqError(`${where} has no tensor for input '${name}'`);
  const fits =
    declared === undefined ||
    (declared.length === own.shape.length &&
      declared.every((size, axis) => size < 0 || size === own.shape[axis]));
  if (!fits || own.dtype !== dtype) {
    throw new DfqError(
      `${where}: '${name}' is ${own.dtype} [${own.shape.join(', ')}]; ` +
        `the model takes ${dtype} [${(declared ?? []).join(', ')}]`,
    );
  }
  return {values: await own.data(), shape: own.shape, dtype};
}
