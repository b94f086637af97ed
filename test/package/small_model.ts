import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

interface Weight {
  readonly name: string;
  readonly shape: number[];
  readonly values: number[];
}

/** A linear congruential generator (Numerical Recipes), as numbers in [−1, 1). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) | 0) / 2 ** 31;
}

/**
 * Writes a small classifier as a converter would: conv, batch norm, ReLU6, depthwise conv, batch
 * norm, ReLU6, mean, dense. Input x [N, 16, 16, 3], output y [N, 5].
 */
export function writeSmallModel(folder: string): void {
  const random = randomNumbers(1);
  const weights: Weight[] = [];
  const nodes: object[] = [placeholder('x', [-1, 16, 16, 3])];

  const constant = (name: string, shape: number[], value = random): string => {
    const size = shape.reduce((product, n) => product * n, 1);
    weights.push({name, shape, values: Array.from({length: size}, value)});
    nodes.push({name, op: 'Const', attr: {dtype: {type: 'DT_FLOAT'}}});
    return name;
  };
  const batchNorm = (name: string, input: string, channels: number) => {
    const positive = () => 1 + random() / 2;
    nodes.push({
      name,
      op: 'FusedBatchNormV3',
      input: [
        input,
        constant(`${name}/gamma`, [channels], positive),
        constant(`${name}/beta`, [channels]),
        constant(`${name}/mean`, [channels]),
        constant(`${name}/variance`, [channels], positive),
      ],
      attr: {T: float, U: float, epsilon: {f: 0.001}, is_training: {b: false}, data_format: nhwc},
    });
    nodes.push({name: `${name}/relu6`, op: 'Relu6', input: [name], attr: {T: float}});
    return `${name}/relu6`;
  };

  nodes.push({
    name: 'conv',
    op: 'Conv2D',
    input: ['x', constant('conv/kernel', [3, 3, 3, 8])],
    attr: window(2),
  });
  const first = batchNorm('bn1', 'conv', 8);
  nodes.push({
    name: 'depthwise',
    op: 'DepthwiseConv2dNative',
    input: [first, constant('depthwise/kernel', [3, 3, 8, 1])],
    attr: window(1),
  });
  const second = batchNorm('bn2', 'depthwise', 8);
  weights.push({name: 'axes', shape: [2], values: [1, 2]});
  nodes.push(
    {name: 'axes', op: 'Const', attr: {dtype: {type: 'DT_INT32'}}},
    {name: 'mean', op: 'Mean', input: [second, 'axes'], attr: {T: float, keep_dims: {b: false}}},
    {
      name: 'dense',
      op: 'MatMul',
      input: ['mean', constant('dense/kernel', [8, 5])],
      attr: {T: float, transpose_a: {b: false}, transpose_b: {b: false}},
    },
    {name: 'y', op: 'BiasAdd', input: ['dense', constant('dense/bias', [5])], attr: {T: float}},
  );
  write(folder, nodes, weights);
}

const float = {type: 'DT_FLOAT'};
const nhwc = {s: base64('NHWC')};

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function window(stride: number): object {
  return {
    T: float,
    data_format: nhwc,
    padding: {s: base64('SAME')},
    strides: {list: {i: [1, stride, stride, 1].map(String)}},
    dilations: {list: {i: ['1', '1', '1', '1']}},
  };
}

function placeholder(name: string, dims: number[]): object {
  const shape = {dim: dims.map(size => ({size: String(size)}))};
  return {name, op: 'Placeholder', attr: {dtype: float, shape: {shape}}};
}

function write(folder: string, node: object[], weights: Weight[]): void {
  mkdirSync(folder, {recursive: true});
  const bytes = weights.map(({name, values}) =>
    Buffer.from((name === 'axes' ? Int32Array.from(values) : Float32Array.from(values)).buffer),
  );
  writeFileSync(join(folder, 'group1-shard1of1.bin'), Buffer.concat(bytes));
  const model = {
    format: 'graph-model',
    generatedBy: '2.11.0',
    convertedBy: 'test',
    modelTopology: {node, versions: {producer: 1087}},
    weightsManifest: [
      {
        paths: ['group1-shard1of1.bin'],
        weights: weights.map(({name, shape}) => ({
          name,
          shape,
          dtype: name === 'axes' ? 'int32' : 'float32',
        })),
      },
    ],
  };
  writeFileSync(join(folder, 'model.json'), JSON.stringify(model));
}
