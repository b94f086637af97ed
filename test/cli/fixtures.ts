/** Models, images and terminals for tests of the command. */
import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {PassThrough} from 'node:stream';
import {crc32, deflateSync} from 'node:zlib';
import type {io} from '@tensorflow/tfjs-core';
import {run} from '../../cli/run.js';
import {saveModel} from '../../node/save_model.js';

/** A terminal that keeps what is written to it; not a TTY, as in a pipe. */
export function recorder() {
  const out = new PassThrough();
  const err = new PassThrough();
  const read = (stream: PassThrough) => (stream.read() as Buffer | null)?.toString() ?? '';
  return {out, err, output: () => read(out), errors: () => read(err)};
}

/** Runs the command in a pipe. */
export async function dfq(...args: string[]) {
  const terminal = recorder();
  const code = await run(args, terminal, '1.2.3');
  return {code, output: terminal.output(), errors: terminal.errors()};
}

/** Colour types of PNG and their samples per pixel. */
const SAMPLES: {readonly [colorType: number]: number} = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4};

export interface Png {
  width: number;
  height: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA */
  colorType: number;
  bitDepth?: 8 | 16;
  palette?: readonly number[];
  /** Samples, row by row. */
  data: readonly number[];
}

/** A PNG file, after https://www.w3.org/TR/png-3/; no filters, no interlace. */
export function encodePng({width, height, colorType, bitDepth = 8, palette, data}: Png): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bitDepth, colorType, 0, 0, 0], 8);
  const rowSamples = width * SAMPLES[colorType];
  const bytesOf = (sample: number) => (bitDepth === 16 ? [sample >> 8, sample & 255] : [sample]);
  const rows = Array.from({length: height}, (_, y) => [
    0,
    ...data.slice(y * rowSamples, (y + 1) * rowSamples).flatMap(bytesOf),
  ]);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    ...(palette ? [chunk('PLTE', Buffer.from(palette))] : []),
    chunk('IDAT', deflateSync(Buffer.from(rows.flat()))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  const checksum = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

/** RGB of one pixel, everywhere. */
export function plainPng(side: number, rgb: readonly number[]): Buffer {
  const data = Array.from({length: side * side}, () => rgb).flat();
  return encodePng({width: side, height: side, colorType: 2, data});
}

const constant = (name: string, dtype: string) => ({
  name,
  op: 'Const',
  attr: {dtype: {type: dtype}},
});
const dims = (shape: readonly number[]) => ({dim: shape.map(size => ({size: String(size)}))});

const INPUT = [-1, 4, 4, 3];

const placeholder = () => ({
  name: 'x',
  op: 'Placeholder',
  attr: {dtype: {type: 'DT_FLOAT'}, shape: {shape: dims(INPUT)}},
});

/**
 * A classifier whose scores are the mean red, green and blue of a 4 × 4 image plus `bias`:
 * its first class is the dominant colour.
 */
export function colorClassifier(bias: readonly number[] = [0, 0, 0]): io.ModelArtifacts {
  return {
    format: 'graph-model',
    signature: {
      inputs: {x: {name: 'x:0', dtype: 'DT_FLOAT', tensorShape: dims(INPUT)}},
      outputs: {scores: {name: 'scores:0', dtype: 'DT_FLOAT'}},
    },
    modelTopology: {
      node: [
        placeholder(),
        constant('axes', 'DT_INT32'),
        constant('bias', 'DT_FLOAT'),
        {name: 'mean', op: 'Mean', input: ['x', 'axes'], attr: {keep_dims: {b: false}}},
        {name: 'scores', op: 'AddV2', input: ['mean', 'bias'], attr: {}},
      ],
      library: {},
      versions: {},
    },
    weightSpecs: [
      {name: 'axes', shape: [2], dtype: 'int32'},
      {name: 'bias', shape: [3], dtype: 'float32'},
    ],
    weightData: [new Int32Array([1, 2]).buffer, new Float32Array(bias).buffer],
  };
}

const CONV_SIZES = {
  filter: [3, 3, 3, 8],
  gamma: [8],
  beta: [8],
  mean: [8],
  variance: [8],
  dense: [8, 3],
};

/** Convolution, batch norm, ReLU6, mean and a dense layer, on 4 × 4 images; weights without meaning. */
export function convClassifier(): io.ModelArtifacts {
  const {signature} = colorClassifier();
  const specs = Object.entries(CONV_SIZES).map(([name, shape]): io.WeightsManifestEntry => ({
    name,
    shape,
    dtype: 'float32',
  }));
  const values = specs.map(({name, shape}, k) =>
    Float32Array.from({length: shape.reduce((a, b) => a * b)}, (_, i) =>
      name === 'variance' ? 1 + (i % 3) : Math.sin(7 * i + k) / 2,
    ),
  );
  const float = (name: string) => constant(name, 'DT_FLOAT');
  const text = (value: string) => ({s: Buffer.from(value).toString('base64')});
  const ints = (list: number[]) => ({list: {i: list.map(String)}});
  const same = {padding: text('SAME'), strides: ints([1, 2, 2, 1]), dilations: ints([1, 1, 1, 1])};
  const layout = {data_format: text('NHWC'), T: {type: 'DT_FLOAT'}};
  const norm = {...layout, epsilon: {f: 1e-3}, is_training: {b: false}};
  return {
    ...colorClassifier(),
    signature,
    modelTopology: {
      node: [
        placeholder(),
        constant('axes', 'DT_INT32'),
        ...Object.keys(CONV_SIZES).map(float),
        {name: 'conv', op: 'Conv2D', input: ['x', 'filter'], attr: {...layout, ...same}},
        {
          name: 'bn',
          op: 'FusedBatchNormV3',
          input: ['conv', 'gamma', 'beta', 'mean', 'variance'],
          attr: norm,
        },
        {name: 'relu', op: 'Relu6', input: ['bn'], attr: {}},
        {name: 'pool', op: 'Mean', input: ['relu', 'axes'], attr: {keep_dims: {b: false}}},
        {
          name: 'scores',
          op: 'MatMul',
          input: ['pool', 'dense'],
          attr: {transpose_a: {b: false}, transpose_b: {b: false}},
        },
      ],
      library: {},
      versions: {},
    },
    weightSpecs: [{name: 'axes', shape: [2], dtype: 'int32'}, ...specs],
    weightData: [new Int32Array([1, 2]).buffer, ...values.map(({buffer}) => buffer)],
  };
}

/** A folder with the classifier, three images of 4 × 4 and their labels: the last label is wrong. */
export async function writeColorTask(folder: string): Promise<void> {
  await saveModel(path.join(folder, 'model'), colorClassifier());
  await saveModel(path.join(folder, 'biased'), colorClassifier([0, 9, 0]));
  await mkdir(path.join(folder, 'images'));
  for (const [name, rgb] of Object.entries({
    red: [200, 10, 10],
    green: [10, 200, 10],
    blue: [10, 10, 200],
  }))
    await writeFile(path.join(folder, 'images', `${name}.png`), plainPng(4, rgb));
  const rows = ['file,label', 'red.png,0', 'green.png,1', 'blue.png,0'];
  await writeFile(path.join(folder, 'labels.csv'), rows.join('\n'));
}
