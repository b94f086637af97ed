/** Runs exported models on onnxruntime-web, whole or node by node. */
import * as tf from '@tensorflow/tfjs-core';
import type {GraphModel} from '@tensorflow/tfjs-converter';
import path from 'node:path';
import {Worker} from 'node:worker_threads';
import {encodeModel} from '../../../src/export/onnx/encode.js';
import {type ExportedOnnx, exportOnnx} from '../../../src/export/onnx/export_onnx.js';
import type {ByteType, Value} from '../../../src/export/onnx/exporter.js';
import type {OnnxModel} from '../../../src/export/onnx/model.js';
import {importModel} from '../../../src/graph/import_model.js';

type Numbers = Float32Array | Int32Array | Uint8Array | Int8Array;

export interface OnnxValue {
  readonly type: 'float32' | ByteType;
  readonly data: Numbers;
  readonly dims: readonly number[];
}

type Values = Record<string, OnnxValue>;

interface Answer {
  readonly values?: ReadonlyArray<[string, OnnxValue]>;
  readonly error?: string;
}

/** Runs an encoded model. */
export async function runOnnx(bytes: Uint8Array, inputs: tf.NamedTensorMap): Promise<Values> {
  return runSession(bytes, feedsOf(inputs));
}

function feedsOf(inputs: tf.NamedTensorMap): Values {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, tensor]) => [
      name,
      {type: 'float32', data: tensor.dataSync<'float32'>(), dims: tensor.shape},
    ]),
  );
}

let worker: Worker | undefined;

/** Ends the thread of onnxruntime. */
export async function endOnnx(): Promise<void> {
  await worker?.terminate();
  worker = undefined;
}

async function runSession(bytes: Uint8Array, feeds: Values): Promise<Values> {
  worker ??= new Worker(path.join(__dirname, 'onnx_worker.mjs'));
  worker.postMessage({bytes, feeds: Object.entries(feeds)});
  const {values, error} = await new Promise<Answer>(resolve => worker?.once('message', resolve));
  if (values === undefined) throw new Error(error);
  return Object.fromEntries(values);
}

export interface Agreement {
  /** Largest difference of integers, by the op that made them. */
  readonly steps: Readonly<Record<string, number>>;
  /** Largest difference of an output that an int8 op makes in float or a float op behind, over its largest value. */
  readonly output: number;
}

/**
 * Each int8 op of the model in onnxruntime, fed with what our ops before it made, against what ours makes.
 * The current backend must be int8.
 */
export async function agreement(
  model: GraphModel,
  inputs: tf.NamedTensorMap,
  byteType: ByteType,
): Promise<Agreement> {
  const graph = await importModel(model);
  const exported = exportOnnx(graph, byteType);
  const refs = [...exported.tensors].filter(([, {type}]) => type === byteType);
  const values = model.execute(inputs, [...graph.outputs, ...refs.map(([ref]) => ref)]);
  const ours = [values].flat();
  const made = refs.map(([ref, held], i) => {
    const tensor = ours[graph.outputs.length + i];
    return {ref, name: held.name, value: bytesOf(tensor, held, byteType)};
  });
  const feeds = {...feedsOf(inputs)};
  for (const {name, value} of made) feeds[name] = value;
  const results = await runSession(encodeModel(cut(exported, byteType)), feeds);
  const steps: Record<string, number> = {};
  for (const {ref, name, value} of made) {
    const {op} = graph.node(ref.split(':')[0]);
    const worst = difference(results[madeName(name)].data, value.data);
    steps[op] = Math.max(steps[op] ?? 0, worst);
  }
  const output = Math.max(
    ...graph.outputs.map((name, i) => relativeError(results[name], ours[i].dataSync())),
  );
  tf.dispose(ours);
  return {steps, output};
}

const madeName = (name: string) => `${name}:made`;

/** The model with every int8 tensor an input, for those that read it, and an output, of what makes it. */
function cut({model, tensors}: ExportedOnnx, byteType: ByteType): OnnxModel {
  const names = new Set(
    [...tensors.values()].filter(({type}) => type === byteType).map(({name}) => name),
  );
  const infos = [...names].map(name => ({name, type: byteType}));
  return {
    ...model,
    nodes: model.nodes.map(node => ({
      ...node,
      outputs: node.outputs.map(name => (names.has(name) ? madeName(name) : name)),
    })),
    inputs: [...model.inputs, ...infos],
    outputs: [...model.outputs, ...infos.map(({name, type}) => ({name: madeName(name), type}))],
  };
}

function bytesOf(tensor: tf.Tensor, {layout}: Value, byteType: ByteType): OnnxValue {
  const moved = tf.tidy(() => {
    const plain = tf.tensor(tensor.dataSync(), tensor.shape, 'int32');
    const ordered = layout === 'as-is' ? plain : tf.transpose(plain, [0, 3, 1, 2]);
    return {values: ordered.dataSync(), dims: ordered.shape};
  });
  const data =
    byteType === 'int8'
      ? Int8Array.from(moved.values)
      : Uint8Array.from(moved.values, q => q + 128);
  return {type: byteType, data, dims: moved.dims};
}

export function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let worst = 0;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i] - b[i]));
  return worst;
}

/** The largest difference, as a share of the largest value. */
export function relativeError(actual: OnnxValue, expected: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < expected.length; i++) largest = Math.max(largest, Math.abs(expected[i]));
  return difference(actual.data, expected) / (largest || 1);
}
